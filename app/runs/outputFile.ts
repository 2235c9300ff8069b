import { fstatSync, readlinkSync } from "node:fs";
import { outputDescriptor } from "../services/standardOutput";

const stdout = 1;

/** The file that stdout appends to (the crontab's `>> X.log`) and its size now; null when it is no file. */
export function outputFile(): { file: string; from: number } | null {
  const from = outputSize();
  if (from === undefined) return null;
  try {
    return { file: readlinkSync(`/proc/self/fd/${outputDescriptor(stdout)}`), from };
  } catch {
    return null; // No /proc: the run is recorded without its place in the log.
  }
}

/** How long that file is now, in bytes; undefined when stdout is closed or no file. */
export function outputSize(): number | undefined {
  try {
    const stat = fstatSync(outputDescriptor(stdout));
    return stat.isFile() ? stat.size : undefined;
  } catch {
    return undefined;
  }
}
