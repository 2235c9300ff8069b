import { statSync } from "node:fs";
import { idOfRun } from "../../runs/history/findRuns";
import type { Run } from "../../runs/ledger/run";
import { runOfLine } from "../../runs/logs/lines";
import { nextStartInLog } from "../../runs/logs/logNeighbors";
import { type FilePart, logPartOf, readLines, readOwnLines } from "../../runs/logs/runLog";

/** How much of a log is read at a time, in bytes. */
const windowBytes = 256 * 1024;
const maxLines = 500;

/** The part of a file that a run has written so far. */
export type LogPart = FilePart & { to: number };

/** Some lines of a run's log, and their position in the file. */
export interface LogWindow {
  lines: Buffer[];
  from: number;
  to: number;
  /** Whether the log has no lines before these (`isFirst`), and none after them (`isLast`). */
  isFirst: boolean;
  isLast: boolean;
}

/** The part of a log that a run wrote; undefined if it wrote to no file, or the file is gone. */
export function logOf(run: Run): LogPart | undefined {
  const part = logPartOf(run, null);
  if (part === undefined) return undefined;
  const { size } = statSync(part.file);
  const end = run.state === "running" ? size : (run.log?.to ?? nextStartInLog(run) ?? size);
  return { ...part, to: Math.max(part.from, Math.min(end, size)) };
}

/**
 * The last lines before this position in the file. Reads one window at most, so a log of 100 MB takes no longer than
 * one of 1 kB.
 */
export function linesBefore(run: Run, log: LogPart, before: number): LogWindow {
  const to = Math.min(Math.max(before, log.from), log.to);
  const from = Math.max(log.from, to - windowBytes);
  const all: Buffer[] = [];
  readLines({ ...log, from, to }, (lines) => {
    all.push(...lines);
    return true;
  });
  // Drop the first line, which is incomplete, unless it is the only one.
  const cut = from > log.from && all.length > 1 ? (all.shift()?.length ?? 0) : 0;
  const shown = all.slice(-maxLines);
  const left = all.slice(0, -maxLines).reduce((sum, line) => sum + line.length, 0);
  const start = from + cut + left;
  const own = shown.filter((line) => !isOfAnother(line, run));
  return { lines: own, from: start, to, isFirst: start <= log.from, isLast: to >= log.to };
}

/** The first lines after this position in the file. An incomplete last line is left for the next read. */
export function linesAfter(run: Run, log: LogPart, after: number): LogWindow {
  const from = Math.min(Math.max(after, log.from), log.to);
  const lines: Buffer[] = [];
  const end = run.state === "running" ? null : log.to;
  const to = readOwnLines({ ...log, from, to: end }, ownLinesOf(run), (some) => {
    lines.push(...some);
    return false;
  });
  return { lines, from, to, isFirst: from <= log.from, isLast: to >= log.to };
}

function ownLinesOf({ key }: Run) {
  const isRun = (other: string) => idOfRun(other) !== undefined;
  return { key, isRun, leftOut: { lines: 0, runs: new Set<string>() } };
}

/** Whether another run, which used the same file at the same time, wrote this line. */
function isOfAnother(line: Buffer, run: Run): boolean {
  const key = line[0] === openingBrace ? runOfLine(line.toString("latin1")) : undefined;
  return key !== undefined && key !== run.key && idOfRun(key) !== undefined;
}

const openingBrace = 0x7b;
