import { closeSync, fstatSync, writeSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../config/config";
import { openToAppend } from "../../files/openFile";
import type { LostOutput } from "../../process/output";
import type { LockHolder, RunState } from "./run";

/**
 * Where a run says that it begins and how it ended: two lines, each appended in one write. Whoever reads the ledger
 * takes them in first. A start so costs no database: opening SQLite, a row and its end are 5 ms on a machine whose
 * bare start of node takes 62, and the two lines a tenth of that.
 */
export const journalFile = join(paths.data, "runs.journal");

/** Where a long one is put once it is taken in. */
export function asideOf(journal: string): string {
  return `${journal}.1`;
}

/** Appends a line and returns how long the journal is now, in bytes. Throws when it cannot be written whole. */
export function appendToJournal(line: JournalStart | JournalEnd): number {
  const descriptor = openToAppend(journalFile);
  try {
    // A line break before it as well: what a full disk or a power cut left of another line must not swallow this one.
    const bytes = Buffer.from(`\n${JSON.stringify(line)}\n`);
    if (writeSync(descriptor, bytes) < bytes.length) {
      throw new Error(`${journalFile} takes no more: the disk is full`);
    }
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}

/** What is known when a run begins. */
export interface NewRun {
  name: string;
  args: string[];
  startedAt: number;
  /** 1 for the first try, more for a retry. */
  attempt: number;
  /** The key of the first attempt. */
  retryOf?: string | undefined;
  log: { file: string; inode: number; from: number } | null;
  /** The scheduled moment that this run is for, where the command decides itself whether it is due. */
  slot: number | null;
  /** Whether the command's lock is held as long as this run goes on. */
  hasLock: boolean;
}

/** What a run says about its work when it is done. */
export interface RunResult {
  message?: string | undefined;
  processed?: number | undefined;
  failed?: number | undefined;
}

/**
 * What is still to be told of a run that ended. It is a part of the run's end, so that whoever reads the ledger can do
 * what the process itself could not: the ledger was locked, or its driver was replaced while the run went on.
 */
export interface PendingNotice {
  /** Whoever started it there sees how it ended, and needs no mail about it. */
  isAtTerminal?: true | undefined;
  /** Its process tries again: it is told how that went in the end. */
  isRetried?: true | undefined;
  ping?: string | undefined;
}

/** What is known when it ends. */
export interface Outcome extends RunResult {
  state: Exclude<RunState, "running">;
  exitStatus: number | null;
  /** The run because of which this one did nothing: whoever knows its id writes the message. */
  holder?: LockHolder | undefined;
  error?: string | undefined;
  loggedError?: string | undefined;
  lostOutput?: LostOutput | undefined;
  finishedAt: number;
  /** In milliseconds, where its process can tell. */
  durationMs?: number | undefined;
  logTo?: number | undefined;
  /** What its process used: time of the processors in milliseconds, and the most memory in bytes. */
  cpuMs?: number | undefined;
  peakMemory?: number | undefined;
  /** What its process has to tell, and anybody else where it cannot. */
  untold?: PendingNotice | undefined;
}

/** A run that begins, as the journal has it. */
export interface JournalStart extends NewRun {
  key: string;
  host: string;
  pid: number;
  process: string | null;
}

/** How one ended. */
export interface JournalEnd extends Outcome {
  key: string;
}
