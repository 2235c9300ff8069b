import { closeSync, openSync, readSync, statSync } from "node:fs";
import { runOfLine } from "./lineRun";
import type { Run } from "./run";
import { logFileOfRun } from "./runOutput";

/** A stretch of a file; without `to` it ends where the file does. */
export interface FilePart {
  file: string;
  from: number;
  to: number | null;
}

/** The lines of other runs that stood among those of one. */
export interface LeftOut {
  lines: number;
  /** By their keys. */
  runs: Set<string>;
}

/** Where the output of a run is now, also in a file that was rotated since; undefined when it is gone. */
export function logPartOf(run: Run, to: number | null): FilePart | undefined {
  const file = logFileOfRun(run);
  if (file === undefined || run.log === null) return undefined;
  const { size, birthtimeMs, ctimeMs } = statSync(file);
  // Of a file that is deleted the next one gets the number; where no birth is kept it equals the last change.
  const isYounger = birthtimeMs !== ctimeMs && birthtimeMs > (run.finishedAt ?? run.startedAt) + 1_000;
  if (isYounger || size < run.log.from) return undefined;
  return { file, from: run.log.from, to };
}

/** Hands on the run's own lines, each with its newline, in pieces; returns where it stopped. */
export function readOwnLines(
  part: FilePart,
  key: string,
  leftOut: LeftOut,
  take: (lines: Buffer[]) => boolean,
): number {
  return readLines(part, (lines) =>
    take(
      lines.filter((line) => {
        const run = line[0] === openingBrace ? runOfLine(line.toString("latin1")) : undefined;
        if (run === undefined || run === key) return true;
        leftOut.lines += 1;
        leftOut.runs.add(run);
        return false;
      }),
    ),
  );
}

const openingBrace = 0x7b;
const newline = 0x0a;
const pieceSize = 256 * 1024;

/**
 * Reads a part of a file line by line, whatever its size, until `take` says no. What comes last without a newline
 * is handed on when the part has an end; of a file that grows it is left for later.
 */
export function readLines(part: FilePart, take: (lines: Buffer[]) => boolean): number {
  const descriptor = openSync(part.file, "r");
  let rest: Buffer = Buffer.alloc(0);
  let position = part.from;
  try {
    for (;;) {
      const wanted = Math.min(pieceSize, (part.to ?? Number.POSITIVE_INFINITY) - position);
      const piece = Buffer.alloc(Math.max(wanted, 0));
      const length = readSync(descriptor, piece, 0, piece.length, position);
      if (length === 0) break;
      position += length;
      const { lines, open } = splitLines(Buffer.concat([rest, piece.subarray(0, length)]));
      rest = open;
      if (lines.length > 0 && !take(lines)) return position - rest.length;
    }
    if (part.to === null || rest.length === 0) return position - rest.length;
    take([rest]);
    return position;
  } finally {
    closeSync(descriptor);
  }
}

function splitLines(bytes: Buffer): { lines: Buffer[]; open: Buffer } {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    lines.push(bytes.subarray(start, end + 1));
    start = end + 1;
  }
  return { lines, open: bytes.subarray(start) };
}
