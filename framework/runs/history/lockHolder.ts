import { readOwn } from "../../files/openFile";
import { hostName, lifeOf } from "../../process/thisProcess";
import { asideOf, type JournalStart, journalFile } from "../ledger/journal";
import type { LockHolder } from "../ledger/run";
import { runWithLock } from "./findRuns";

/**
 * The run that holds a command's lock now; undefined if it has not recorded itself yet or is waiting for a retry. Reads the
 * journal first, which is a hundred times faster than opening the ledger. Only runs that began long ago need the ledger.
 */
export function lockHolder(name: string): LockHolder | undefined {
  for (const file of [journalFile, asideOf(journalFile)]) {
    const last = lastWithLock(file, name);
    // The last recorded holder has ended, so the current holder started later and is not in the journal yet.
    if (last === "ended") return undefined;
    if (last !== undefined) return holderOf(last);
  }
  const run = runWithLock(name);
  return run && holderOf(run);
}

function holderOf({ key, pid, startedAt }: LockHolder): LockHolder {
  return { key, pid, startedAt };
}

/** The last run in a journal that took this command's lock; "ended" if that run has ended. */
function lastWithLock(file: string, name: string): JournalStart | "ended" | undefined {
  const journal = readOrEmpty(file);
  const sign = `"name":${JSON.stringify(name)},`;
  for (let at = journal.lastIndexOf(sign); at >= 0; at = lastBefore(journal, sign, at)) {
    const end = journal.indexOf("\n", at);
    const run = startIn(journal.subarray(journal.lastIndexOf("\n", at) + 1, end).toString());
    if (run?.name !== name || !run.hasLock) continue;
    // Match only at the start of a line: lines of starts that were skipped because of this run also contain its key.
    const hasEnded = journal.includes(`\n{"key":"${run.key}",`, end) || isKilled(run);
    return hasEnded ? "ended" : run;
  }
  return undefined;
}

function isKilled({ host, pid, process }: JournalStart): boolean {
  return host === hostName() && lifeOf(pid, process) === "gone";
}

function lastBefore(journal: Buffer, sign: string, at: number): number {
  return at === 0 ? -1 : journal.lastIndexOf(sign, at - 1);
}

function readOrEmpty(file: string): Buffer {
  try {
    return readOwn(file);
  } catch {
    return Buffer.alloc(0); // The journal doesn't exist yet, or this user is not allowed to read it.
  }
}

/** Parses the start of a run; undefined for a truncated line. */
function startIn(line: string): JournalStart | undefined {
  try {
    return JSON.parse(line) as JournalStart;
  } catch {
    return undefined;
  }
}
