import { readlinkSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import { processEntry, readProcessFile } from "../../process/processEntry";

/** Whether `pid` is an ancestor of this process; false without /proc. */
export function isAncestor(pid: number): boolean {
  return ancestors().includes(pid);
}

/** The ancestors of this process, nearest first. */
export function ancestors(): number[] {
  const found: number[] = [];
  for (let one: number | undefined = process.ppid; one !== undefined && one > 0; ) {
    found.push(one);
    one = processEntry(one)?.parent;
  }
  return found;
}

/** Whether a process is Node running this program (`node build/commands/X.js`, without flags) in this folder. */
export function isProgram(pid: number, file: string, folder: string): boolean {
  const [node = "", started = ""] = readProcessFile(pid, "cmdline")?.split("\0") ?? [];
  if (basename(node) !== basename(process.execPath) || basename(started) !== basename(file)) return false;
  const isSame = started === file || file.endsWith(`/${started.replace(/^\.\//, "")}`);
  return isSame && folderOf(pid) === realpathSync(folder);
}

/** A process's working directory; undefined for another user's process. */
function folderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
