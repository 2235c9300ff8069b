import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Run } from "../ledger/run";
import { isReadableLog } from "./readableLogs";

/**
 * The file that holds a run's output now. Rotation renames files, so it is found by its inode. Undefined if the file is
 * gone, or laju must not read it as a log.
 */
export function logFileOfRun({ log }: Pick<Run, "log">): string | undefined {
  if (log === null || !isReadableLog(log.file)) return undefined;
  const { file, inode } = log;
  if (inode === null) return inodeOf(file) === undefined ? undefined : file;
  return [file, ...rotatedFiles(file)].find((candidate) => inodeOf(candidate) === inode);
}

/** The names of a log's rotated files: X.log.1, X.log.2, … */
function rotatedFiles(file: string): string[] {
  const prefix = `${basename(file.replace(/\.\d+$/, ""))}.`;
  try {
    return readdirSync(dirname(file))
      .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
      .map((name) => join(dirname(file), name));
  } catch {
    return []; // The folder is gone, and the output with it.
  }
}

/** A file's inode. Undefined for anything but a regular file, because opening a named pipe would block. */
function inodeOf(file: string): number | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.ino : undefined;
}
