import { hangAfterSkips } from "../../config/config";
import { readOwn } from "../../files/openFile";
import { isAtTerminal } from "../../process/thisProcess";
import { mayHaveIncident } from "../ledger/incidentMarks";
import { asideOf, journalFile } from "../ledger/journal";
import type { LockHolder } from "../ledger/run";
import { startSender } from "../notices/startSender";

/** A run this young, in milliseconds, can't have missed three starts of a schedule: they all came at once. */
const youngMs = 2_500;

/** Skips closer to each other than this, in milliseconds, may be a burst. */
const burstMs = 5_000;

/**
 * Called by a start that was skipped because of a run. A run that hangs says nothing, but this process is alive: at the
 * Nth skip in a row it starts the sender, which knows the schedule and decides.
 */
export function reportSkip(name: string, { key, startedAt }: LockHolder): void {
  if (Date.now() - startedAt < youngMs || isAtTerminal()) return;
  const skips = { ...skipsBecauseOf(key), hasIncident: () => mayHaveIncident(name) };
  if (mayBeNews(skips, hangAfterSkips())) startSender();
}

/** What is known of the starts that were skipped because of one run. */
export interface Skips {
  /** When, in milliseconds since the epoch, as far as the journal still knows them. */
  times: readonly number[];
  /** Whether the journal reaches back to the run's own start. */
  areAll: boolean;
  /** Whether an incident of the command is open: then the hang is known already, as a rule. */
  hasIncident(): boolean;
}

/**
 * Whether the sender should have a look. Of a burst only the Nth skip, and then ever rarer ones, since each look is a
 * process; of skips that are apart, each from the Nth on until there is an incident.
 */
export function mayBeNews({ times, areAll, hasIncident }: Skips, least: number): boolean {
  if (times.length >= least && Number.isInteger(Math.log2(times.length / least))) return true;
  const sincePrevious = (times.at(-1) ?? 0) - (times.at(-2) ?? Number.NEGATIVE_INFINITY);
  const mayBeEnough = !areAll || times.length > least;
  return mayBeEnough && sincePrevious >= burstMs && !hasIncident();
}

/** By the journal, which tells it without opening the ledger. What was put aside before is unknown. */
function skipsBecauseOf(key: string): Pick<Skips, "times" | "areAll"> {
  const lines = [asideOf(journalFile), journalFile].flatMap(linesOf);
  const times = lines.filter((line) => line.includes(`"holder":{"key":"${key}",`)).flatMap(finishedAt);
  return { times, areAll: lines.some((line) => line.startsWith(`{"key":"${key}","name":`)) };
}

function linesOf(file: string): string[] {
  try {
    return readOwn(file).toString("latin1").split("\n");
  } catch {
    return []; // None yet, or not for this user to read.
  }
}

function finishedAt(line: string): number[] {
  const [, digits] = /"finishedAt":(\d+)/.exec(line) ?? [];
  return digits === undefined ? [] : [Number(digits)];
}
