import { setTimeout } from "node:timers/promises";
import { type LogForm, writeLog } from "../cli/outputBytes";
import { LajuError } from "../config/errors";
import { findRun, idOfRun } from "../runs/history/findRuns";
import type { Run } from "../runs/ledger/run";
import { nextStartInLog, runsInterleaved } from "../runs/logs/logNeighbors";
import { isReadableLog } from "../runs/logs/readableLogs";
import { logPartOf, type OmittedLines, readOwnLines } from "../runs/logs/runLog";

export interface LogOptions {
  /** Print only this many of the last lines. */
  lines?: number | undefined;
  /** Keep printing until the run has ended. */
  follow: boolean;
  form: LogForm;
}

/** How often to poll a growing file, in milliseconds. */
const pause = 200;

/**
 * Prints what a run has written, either as exact bytes or made safe for a terminal. Omits the lines of other runs in
 * the same file. Returns a note about those lines, and whether the output still has a reader.
 */
export async function showLog(
  run: Run,
  { lines, follow, form }: LogOptions,
): Promise<{ note?: string; isRead: boolean }> {
  const leftOut: OmittedLines = { lines: 0, runs: new Set() };
  const own = { key: run.key, isRun: (key: string) => idOfRun(key) !== undefined, leftOut };
  let isRead = true;
  const print = (some: Buffer[]) => {
    isRead &&= writeLog(some, form);
    return isRead;
  };
  const part = partOf(run, follow);
  const last = lastLines(lines, print);
  let position = readOwnLines(part, own, last.take);
  last.end();
  for (let now = run; follow && isRead && now.state === "running"; ) {
    await setTimeout(pause);
    // Read the state before the output, so that nothing written before the end is missed.
    now = findRun(run.id) ?? { ...run, state: "lost" };
    const to = now.state === "running" ? null : endOf(now);
    position = readOwnLines({ ...part, from: position, to }, own, print);
  }
  const note = noteOn(run, leftOut);
  return { isRead, ...(note !== undefined && { note }) };
}

function partOf(run: Run, follow: boolean) {
  const part = logPartOf(run, run.state === "running" && follow ? null : endOf(run));
  if (part !== undefined) return part;
  if (run.log === null) {
    throw new LajuError(`run ${run.id} of ${run.name} did not write to a file`, {
      code: "E_NO_LOG",
      hint: "Its output went to a terminal or a pipe. Under cron, output goes to the command's log.",
    });
  }
  if (!isReadableLog(run.log.file)) {
    throw new LajuError(
      `run ${run.id} of ${run.name} wrote to ${run.log.file}, which is not in a log folder`,
      {
        code: "E_NO_LOG",
        hint: "Only files in LAJU_LOGS, in the --log-dir folder and at a command's `log` are shown. Open this file yourself.",
      },
    );
  }
  throw new LajuError(`the output of run ${run.id} of ${run.name} in ${run.log.file} is gone`, {
    code: "E_NO_LOG",
    hint: "The file was rotated, compressed or deleted. LOG_MAX_FILES sets how many rotated files are kept.",
  });
}

/** The position at which the run stopped writing, which a lost run could not record. */
function endOf(run: Run): number {
  return run.log?.to ?? nextStartInLog(run) ?? Number.MAX_SAFE_INTEGER;
}

/** Collects lines, and at the end prints the last `count` of them. Without a count, prints each line at once. */
function lastLines(count: number | undefined, print: (lines: Buffer[]) => boolean) {
  if (count === undefined) return { take: print, end: () => {} };
  let kept: Buffer[] = [];
  return {
    take(lines: Buffer[]) {
      kept = [...kept, ...lines].slice(-count);
      return true;
    },
    end: () => void print(kept),
  };
}

function noteOn(run: Run, { lines, runs }: OmittedLines): string | undefined {
  const named = [...runs].map((key) => idOfRun(key)).filter((id) => id !== undefined);
  const others = [...new Set([...named, ...runsInterleaved(run)])].sort((a, b) => a - b);
  if (others.length === 0 && lines === 0) return undefined;
  const count = lines === 1 ? "1 line" : `${lines} lines`;
  if (others.length === 0) return `${count} of other runs left out`;
  const who = `${others.length === 1 ? "run" : "runs"} ${others.slice(0, 10).join(", ")}${others.length > 10 ? ", …" : ""}`;
  return `${who} wrote to the same file at the same time: ${count} left out. Lines that the Logger did not write may be from any of these runs`;
}
