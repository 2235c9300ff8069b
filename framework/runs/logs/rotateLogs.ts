import { readdirSync, renameSync, rmSync, type Stats, statSync } from "node:fs";
import type { LogLimits } from "../../config/config";
import { makeFile } from "../../files/openFile";
import { takeLock } from "../lock/lock";

/**
 * Renames logs that have grown too large: X.log becomes X.log.1, X.log.1 becomes X.log.2, and so on. A process that has
 * the log open keeps writing to the renamed file, so no line is lost or cut, unlike with copying and truncating. cron's
 * next start appends to a new X.log. Returns the rotated files.
 */
export function rotateLogs(files: readonly string[], limits: LogLimits): string[] {
  const large = files.filter((file) => isTooLarge(file, limits));
  if (large.length === 0) return [];
  const lock = takeLock(".rotation", { wait: false });
  // Another process is rotating them already.
  if (lock === undefined) return [];
  try {
    return large.filter((file) => isTooLarge(file, limits) && rotate(file, limits));
  } finally {
    lock.release();
  }
}

function isTooLarge(file: string, { maxBytes }: LogLimits): boolean {
  const stat = statOf(file);
  return stat?.isFile() === true && stat.size > maxBytes;
}

function rotate(file: string, { maxFiles }: LogLimits): boolean {
  let free = 1;
  while (statOf(`${file}.${free}`) !== undefined) free += 1;
  for (let number = free; number > 1; number -= 1) renameSync(`${file}.${number - 1}`, `${file}.${number}`);
  renameSync(file, `${file}.1`);
  // Create the new log now: cron's shell would create a world-readable one.
  makeFile(file);
  removeOldest(file, free, maxFiles);
  return true;
}

/** Keeps a file that a process still writes to, because deleting it would lose those lines. */
function removeOldest(file: string, oldest: number, maxFiles: number): void {
  if (oldest <= maxFiles) return;
  const open = openInodes();
  for (let number = oldest; number > maxFiles; number -= 1) {
    const stat = statOf(`${file}.${number}`);
    if (stat === undefined || open.has(inodeKey(stat))) return;
    rmSync(`${file}.${number}`);
  }
}

/** Device and inode of every file that a process of this user has open. */
function openInodes(): Set<string> {
  const inodes = new Set<string>();
  for (const pid of entriesOf("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const fd of entriesOf(`/proc/${pid}/fd`)) {
      const stat = statOf(`/proc/${pid}/fd/${fd}`);
      if (stat?.isFile()) inodes.add(inodeKey(stat));
    }
  }
  return inodes;
}

function inodeKey({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // The process has just exited, or belongs to another user.
  }
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
