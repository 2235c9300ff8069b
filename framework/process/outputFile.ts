import { fstatSync, readlinkSync, type Stats } from "node:fs";
import { outputDescriptor } from "./standardOutput";

const stdout = 1;

/** The file that stdout appends to (the crontab's `>> X.log`) and its size now; null when it is no file. */
export function outputFile(): { file: string; inode: number; from: number } | null {
  const stat = outputStat();
  if (stat === undefined) return null;
  try {
    const file = readlinkSync(`/proc/self/fd/${outputDescriptor(stdout)}`);
    return { file, inode: stat.ino, from: stat.size };
  } catch {
    return null; // No /proc: the run is recorded without its place in the log.
  }
}

/** How long that file is now, in bytes; undefined when stdout is closed or no file. */
export function outputSize(): number | undefined {
  return outputStat()?.size;
}

function outputStat(): Stats | undefined {
  try {
    const stat = fstatSync(outputDescriptor(stdout));
    return stat.isFile() ? stat : undefined;
  } catch {
    return undefined;
  }
}
