import { hangAfterSkips } from "../../config/config";
import { readOwn } from "../../files/openFile";
import { isAtTerminal } from "../../process/thisProcess";
import { mayHaveIncident } from "../ledger/incidentMarks";
import { asideOf, journalFile } from "../ledger/journal";
import type { LockHolder } from "../ledger/run";
import { startSender } from "../notices/startSender";

/** A run younger than this, in milliseconds, can't have blocked three scheduled starts: they all came at once. */
const youngMs = 2_500;

/** Skips closer together than this, in milliseconds, may be a burst. */
const burstMs = 5_000;

/**
 * Called by a start that was skipped because of a run. A hanging run can't report itself, but this process can: after N
 * skips in a row it starts the sender, which knows the schedule and decides.
 */
export function reportSkip(name: string, { key, startedAt }: LockHolder): void {
  if (Date.now() - startedAt < youngMs || isAtTerminal()) return;
  const skips = { ...skipsBecauseOf(key), hasIncident: () => mayHaveIncident(name) };
  if (mayBeNews(skips, hangAfterSkips())) startSender();
}

/** What is known about the starts that were skipped because of one run. */
export interface Skips {
  /** When they were skipped, in milliseconds since the epoch, as far back as the journal goes. */
  times: readonly number[];
  /** Whether the journal reaches back to the run's own start. */
  areAll: boolean;
  /** Whether the command has an open incident, which usually means that the hang is known. */
  hasIncident(): boolean;
}

/**
 * Whether to start the sender. In a burst, only after the Nth skip and then less and less often, because each sender is a
 * process. Otherwise, after every skip from the Nth on until there is an incident.
 */
export function mayBeNews({ times, areAll, hasIncident }: Skips, least: number): boolean {
  if (times.length >= least && Number.isInteger(Math.log2(times.length / least))) return true;
  const sincePrevious = (times.at(-1) ?? 0) - (times.at(-2) ?? Number.NEGATIVE_INFINITY);
  const mayBeEnough = !areAll || times.length > least;
  return mayBeEnough && sincePrevious >= burstMs && !hasIncident();
}

/** Read from the journal, so that the ledger need not be opened. Skips before the last rotated journal are unknown. */
function skipsBecauseOf(key: string): Pick<Skips, "times" | "areAll"> {
  const lines = [asideOf(journalFile), journalFile].flatMap(linesOf);
  const times = lines.filter((line) => line.includes(`"holder":{"key":"${key}",`)).flatMap(finishedAt);
  return { times, areAll: lines.some((line) => line.startsWith(`{"key":"${key}","name":`)) };
}

function linesOf(file: string): string[] {
  try {
    return readOwn(file).toString("latin1").split("\n");
  } catch {
    return []; // It doesn't exist yet, or this user may not read it.
  }
}

function finishedAt(line: string): number[] {
  const [, digits] = /"finishedAt":(\d+)/.exec(line) ?? [];
  return digits === undefined ? [] : [Number(digits)];
}
