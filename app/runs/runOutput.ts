import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { idOfRun } from "./ledger";
import { runOfLine } from "./lineRun";
import { isLogPlace } from "./logPlaces";
import type { Run } from "./run";

/**
 * The file that holds a run's output now: rotation renames files, and their inode stays. Undefined where it is gone, or
 * no place of logs.
 */
export function logFileOfRun({ log }: Pick<Run, "log">): string | undefined {
  if (log === null || !isLogPlace(log.file)) return undefined;
  const { file, inode } = log;
  if (inode === null) return inodeOf(file) === undefined ? undefined : file;
  return [file, ...rotatedFiles(file)].find((candidate) => inodeOf(candidate) === inode);
}

/**
 * The end of what a run printed, at most `maxBytes`: whole lines, and of a long last one its end. Lines that name
 * another run, which wrote to the same file meanwhile, are left out.
 */
export function outputTail(run: Pick<Run, "key" | "log">, maxBytes: number): string {
  const file = logFileOfRun(run);
  if (file === undefined || run.log === null) return "";
  const text = readTail(file, { from: run.log.from, to: run.log.to, maxBytes });
  return text
    .split("\n")
    .filter((line) => !isOfAnother(line, run.key))
    .join("\n")
    .trimEnd();
}

/** A command may print text that looks like another run's line; only runs that there are count. */
function isOfAnother(line: string, own: string): boolean {
  const key = runOfLine(line);
  return key !== undefined && key !== own && idOfRun(key) !== undefined;
}

/** X.log.1, X.log.2, … */
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

/** Only of a regular file: opening a named pipe to read it would block. */
function inodeOf(file: string): number | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.ino : undefined;
}

function readTail(file: string, part: { from: number; to: number | null; maxBytes: number }): string {
  const descriptor = openSync(file, "r");
  try {
    const to = Math.min(part.to ?? Number.POSITIVE_INFINITY, fstatSync(descriptor).size);
    const from = Math.max(part.from, to - part.maxBytes);
    const bytes = Buffer.alloc(Math.max(to - from, 0));
    const length = readSync(descriptor, bytes, 0, bytes.length, from);
    const text = bytes.toString("utf8", 0, length);
    return from > part.from ? withoutCutLine(text, part.maxBytes) : text;
  } finally {
    closeSync(descriptor);
  }
}

/** A line that was cut goes, unless it is most of what there is: an error with its stack is one line of the log. */
function withoutCutLine(text: string, maxBytes: number): string {
  const end = text.indexOf("\n");
  if (end >= 0 && end < maxBytes / 2) return text.slice(end + 1);
  // A character may have been cut with it.
  return `…${text.replace(/^\ufffd{0,3}/, "")}`;
}
