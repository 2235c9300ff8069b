import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { Run } from "../ledger/run";
import { runOfLine } from "./lines";
import { logFileOfRun } from "./logFileOfRun";

/** A part of a file. Without `to`, the part ends where the file ends. */
export interface FilePart {
  file: string;
  from: number;
  to: number | null;
}

/** Lines omitted from a run's output, because other runs wrote them to the same part of the file. */
export interface OmittedLines {
  lines: number;
  /** The keys of the other runs, whose lines were omitted. */
  runs: Set<string>;
}

/** Where a run's output is now, even if the log has been rotated since; undefined if the output is gone. */
export function logPartOf(run: Run, to: number | null): FilePart | undefined {
  const file = logFileOfRun(run);
  if (file === undefined || run.log === null) return undefined;
  const { size, birthtimeMs, ctimeMs } = statSync(file);
  // A file created after the run has reused the inode of the run's deleted log. Skip this check on file systems without
  // birth times, which report the time of the last change instead.
  const isYounger = birthtimeMs !== ctimeMs && birthtimeMs > (run.finishedAt ?? run.startedAt) + 1_000;
  if (isYounger || size < run.log.from) return undefined;
  return { file, from: run.log.from, to };
}

/**
 * Passes the run's own lines to `take` in batches, each line with its newline. Returns the position at which it
 * stopped. A line belongs to another run only if the ledger knows that run (`isRun`), because a command can print text
 * that looks like another run's line.
 */
export function readOwnLines(
  part: FilePart,
  { key, isRun, leftOut }: OwnLines,
  take: (lines: Buffer[]) => boolean,
): number {
  return readLines(part, (lines) =>
    take(
      lines.filter((line) => {
        const run = line[0] === openingBrace ? runOfLine(line.toString("latin1")) : undefined;
        if (run === undefined || run === key || !(leftOut.runs.has(run) || isRun(run))) return true;
        leftOut.lines += 1;
        leftOut.runs.add(run);
        return false;
      }),
    ),
  );
}

/** Whose lines to read, and where to count other runs' lines. */
export interface OwnLines {
  key: string;
  isRun(key: string): boolean;
  leftOut: OmittedLines;
}

const openingBrace = 0x7b;
const newline = 0x0a;
const pieceSize = 256 * 1024;

/**
 * How many bytes to keep of the start and the end of a long line. The rest is dropped, so that a line of 100 MB takes
 * little memory.
 */
const longestStart = 1_000_000;
const longestEnd = 4_000;

/**
 * Reads a part of a file line by line, whatever its size, until `take` returns false. A last line without a newline is
 * passed on if the part has an end; in a growing file, it is left for the next read.
 */
export function readLines(part: FilePart, take: (lines: Buffer[]) => boolean): number {
  const descriptor = openSync(part.file, "r");
  let open = new OpenLine();
  let position = part.from;
  try {
    for (;;) {
      const wanted = Math.min(pieceSize, (part.to ?? Number.POSITIVE_INFINITY) - position);
      const buffer = Buffer.alloc(Math.max(wanted, 0));
      const length = readSync(descriptor, buffer, 0, buffer.length, position);
      if (length === 0) break;
      position += length;
      const lines: Buffer[] = [];
      let start = 0;
      for (
        let end = buffer.indexOf(newline);
        end >= 0 && end < length;
        end = buffer.indexOf(newline, start)
      ) {
        open.add(buffer.subarray(start, end + 1));
        lines.push(open.bytes());
        open = new OpenLine();
        start = end + 1;
      }
      open.add(buffer.subarray(start, length));
      if (lines.length > 0 && !take(lines)) return position - open.length;
    }
    if (part.to === null || open.length === 0) return position - open.length;
    take([open.bytes()]);
    return position;
  } finally {
    closeSync(descriptor);
  }
}

/** A line whose end has not been read yet. */
class OpenLine {
  length = 0;
  #start: Buffer[] = [];
  #startLength = 0;
  #end: Buffer = Buffer.alloc(0);

  add(bytes: Buffer): void {
    this.length += bytes.length;
    const fitting = bytes.subarray(0, Math.max(longestStart - this.#startLength, 0));
    if (fitting.length > 0) this.#start.push(fitting);
    this.#startLength += fitting.length;
    const rest = bytes.subarray(fitting.length);
    // Copy the bytes, so that they don't keep the whole piece in memory.
    if (rest.length > 0) this.#end = Buffer.concat([this.#end, rest.subarray(-longestEnd)]);
    if (this.#end.length > 2 * longestEnd) this.#end = Buffer.from(this.#end.subarray(-longestEnd));
  }

  bytes(): Buffer {
    const missing = this.length - this.#startLength - this.#end.length;
    const mark = missing > 0 ? [Buffer.from(` … [${missing} bytes of this line left out] … `)] : [];
    return Buffer.concat([...this.#start, ...mark, this.#end]);
  }
}
