import { hangAfterSkips } from "../config";
import { readOwn } from "../files/openFile";
import { isAtTerminal } from "./atTerminal";
import { asideOf, journalFile } from "./journal";
import type { LockHolder } from "./overlapText";
import { startSender } from "./startSender";

/** A run this young, in milliseconds, does not hang, however many starts come at once. */
const youngMs = 30_000;

/**
 * Called by a start that was skipped because of a run. A run that hangs says nothing, but this process is alive: at the
 * Nth skip in a row it starts the sender, which knows the schedule and decides.
 */
export function reportSkip({ key, startedAt }: LockHolder): void {
  if (Date.now() - startedAt < youngMs || !isTurn(skipsBecauseOf(key), hangAfterSkips())) return;
  if (!isAtTerminal()) startSender();
}

/** At the Nth and then ever more rarely, where the interval is longer than these skips took. */
function isTurn(count: number, least: number): boolean {
  return count >= least && Number.isInteger(Math.log2(count / least));
}

/** By the journal, which tells it without opening the ledger. What was put aside before counts no more. */
function skipsBecauseOf(key: string): number {
  const sign = `"holder":{"key":"${key}",`;
  return [journalFile, asideOf(journalFile)].reduce((sum, file) => sum + occurrences(file, sign), 0);
}

function occurrences(file: string, sign: string): number {
  try {
    const journal = readOwn(file);
    let count = 0;
    for (let at = journal.indexOf(sign); at >= 0; at = journal.indexOf(sign, at + sign.length)) count += 1;
    return count;
  } catch {
    return 0; // None yet, or not for this user to read.
  }
}
