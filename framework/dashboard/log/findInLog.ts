import { setImmediate } from "node:timers/promises";
import type { FilePart } from "../../runs/logs/runLog";
import { readLines } from "../../runs/logs/runLog";

/** The maximum number of matching lines to show. If more lines match, the last ones are shown. */
const maxFound = 500;

export interface Found {
  /** The lines, each with its number in the run's log, starting at 1. */
  lines: { number: number; line: Buffer }[];
  total: number;
}

/**
 * The lines of a log that contain a string, ignoring case. Reads in pieces, so that the server can answer other requests
 * in between.
 */
export async function findInLog(log: FilePart & { to: number }, text: string): Promise<Found> {
  const wanted = text.toLowerCase();
  const found: Found = { lines: [], total: 0 };
  let number = 0;
  for (let at = log.from; at < log.to; ) {
    const pieces: Buffer[][] = [];
    const next = readLines({ ...log, from: at }, (lines) => pieces.push(lines) < 4);
    for (const line of pieces.flat()) {
      number += 1;
      if (line.toString().toLowerCase().includes(wanted)) take(found, { number, line });
    }
    if (next <= at) break;
    at = next;
    await setImmediate();
  }
  return found;
}

function take(found: Found, one: Found["lines"][number]): void {
  found.total += 1;
  found.lines.push(one);
  if (found.lines.length > maxFound) found.lines.shift();
}
