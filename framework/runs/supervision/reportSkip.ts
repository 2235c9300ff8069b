import { hangAfterSkips } from "../../config/config";
import { readOwn } from "../../files/openFile";
import { isAtTerminal } from "../../process/thisProcess";
import { mayHaveIncident } from "../ledger/incidentMarks";
import { asideOf, journalFile } from "../ledger/journal";
import type { LockHolder } from "../ledger/run";
import { startSender } from "../notices/startSender";

/** A run younger than this, in milliseconds, cannot have blocked three scheduled starts, so its skips are a burst. */
const youngMs = 2_500;

/** Skips that are closer together than this, in milliseconds, may be a burst. */
const burstMs = 5_000;

/**
 * Called by a start that was skipped because of another run. If that run hangs, it cannot report this itself. So after
 * several skips in a row, the skipped process starts the sender, which decides whether the run hangs.
 */
export function reportSkip(name: string, { key, startedAt }: LockHolder): void {
  if (Date.now() - startedAt < youngMs || isAtTerminal()) return;
  const skips = { ...skipsBecauseOf(key), hasIncident: () => mayHaveIncident(name) };
  if (mayBeNews(skips, hangAfterSkips())) startSender();
}

/** When starts were skipped because of one run. */
export interface Skips {
  /** The times of the skips, in milliseconds since the epoch, as far back as the journal goes. */
  times: readonly number[];
  /** Whether `times` is complete, because the journal reaches back to the run's own start. */
  areAll: boolean;
  /** Whether the command has an open incident, which usually means that the run that causes the skips has been reported. */
  hasIncident(): boolean;
}

/**
 * Whether a skip should start the sender. From skip number `least` on, every skip does until there is an incident.
 * During a burst, only skips number `least`, 2 × `least`, 4 × `least` … do, because each sender is a process.
 */
export function mayBeNews({ times, areAll, hasIncident }: Skips, least: number): boolean {
  if (times.length >= least && Number.isInteger(Math.log2(times.length / least))) return true;
  const sincePrevious = (times.at(-1) ?? 0) - (times.at(-2) ?? Number.NEGATIVE_INFINITY);
  const mayBeEnough = !areAll || times.length > least;
  return mayBeEnough && sincePrevious >= burstMs && !hasIncident();
}

/**
 * Reads the journal, which is faster than opening the ledger. Skips older than the previous, rotated journal are
 * unknown.
 */
function skipsBecauseOf(key: string): Pick<Skips, "times" | "areAll"> {
  const lines = [asideOf(journalFile), journalFile].flatMap(linesOf);
  const times = lines.filter((line) => line.includes(`"holder":{"key":"${key}",`)).flatMap(finishedAt);
  return { times, areAll: lines.some((line) => line.startsWith(`{"key":"${key}","name":`)) };
}

function linesOf(file: string): string[] {
  try {
    return readOwn(file).toString("latin1").split("\n");
  } catch {
    return []; // The journal doesn't exist yet, or this user is not allowed to read it.
  }
}

function finishedAt(line: string): number[] {
  const [, digits] = /"finishedAt":(\d+)/.exec(line) ?? [];
  return digits === undefined ? [] : [Number(digits)];
}
