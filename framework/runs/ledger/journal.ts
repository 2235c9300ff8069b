import { closeSync, fstatSync, type Stats, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../config/config";
import { openToAppend } from "../../files/openFile";
import type { LostOutput } from "../../process/output";
import type { LockHolder, RunState } from "./run";

/**
 * The file to which a run appends one line when it starts and one when it ends, so that a start never opens a database.
 * Readers of the ledger import these lines first. On a machine where Node starts in 62 ms, opening SQLite and writing a
 * row takes 5 ms, and appending both lines takes 0.5 ms.
 */
export const journalFile = join(paths.data, "runs.journal");

/** The path to which a long journal is moved after it has been imported. */
export function asideOf(journal: string): string {
  return `${journal}.1`;
}

/** The journal's state after a line was appended. */
export interface Journal {
  /** The journal's length in bytes. */
  size: number;
  /** Identifies the file: it changes if the journal is deleted and created again. */
  identity: string;
}

/** Whether the journal is still the file that had this identity. */
export function isSameJournal(identity: string): boolean {
  const stat = statSync(journalFile, { throwIfNoEntry: false });
  return stat !== undefined && identityOf(stat) === identity;
}

/** Includes the birth time, because a file system may reuse a deleted file's inode. */
function identityOf({ ino, birthtimeMs }: Stats): string {
  return `${ino} ${birthtimeMs}`;
}

/** Appends a line. Throws if it cannot be written completely. */
export function appendToJournal(line: JournalStart | JournalEnd): Journal {
  const descriptor = openToAppend(journalFile);
  try {
    // Begin with a line break, in case a full disk or a power cut left an incomplete line.
    const bytes = Buffer.from(`\n${JSON.stringify(line)}\n`);
    if (writeSync(descriptor, bytes) < bytes.length) {
      throw new Error(`${journalFile} cannot be written: the disk is full`);
    }
    const stat = fstatSync(descriptor);
    return { size: stat.size, identity: identityOf(stat) };
  } finally {
    closeSync(descriptor);
  }
}

/** The facts known when a run starts. */
export interface NewRun {
  name: string;
  args: string[];
  startedAt: number;
  /** 1 for the first attempt, more for a retry. */
  attempt: number;
  /** The key of the first attempt. */
  retryOf?: string | undefined;
  log: { file: string; inode: number; from: number } | null;
  /** The scheduled time that this run is for, if the command itself checked whether it was due. */
  slot: number | null;
  /** Whether the run holds the command's lock. */
  hasLock: boolean;
}

/** What a run reports about its work. */
export interface RunResult {
  message?: string | undefined;
  processed?: number | undefined;
  failed?: number | undefined;
}

/**
 * The notification that is due when a run ends. It is recorded with the run's end, so that another process can send it
 * if the run's own process can't (because the ledger was locked, or a deployment replaced the database driver during
 * the run).
 */
export interface PendingNotice {
  /** The run was started at a terminal, where its user sees how it ended and needs no mail about it. */
  isAtTerminal?: true | undefined;
  /** The run will be retried, and its process notifies about the final result. */
  isRetried?: true | undefined;
  ping?: string | undefined;
}

/** The facts known when a run ends. */
export interface Outcome extends RunResult {
  state: Exclude<RunState, "running">;
  exitStatus: number | null;
  /**
   * The active run that caused this one to be skipped. The message that names the active run is composed on import,
   * when the ledger knows that run's id.
   */
  holder?: LockHolder | undefined;
  error?: string | undefined;
  loggedError?: string | undefined;
  lostOutput?: LostOutput | undefined;
  finishedAt: number;
  /** The run's duration in milliseconds, if its process could measure it. */
  durationMs?: number | undefined;
  logTo?: number | undefined;
  /** The process's CPU time in milliseconds, and its peak memory in bytes. */
  cpuMs?: number | undefined;
  peakMemory?: number | undefined;
  /** The notification that still has to be sent. */
  untold?: PendingNotice | undefined;
}

/** The journal's line for the start of a run. */
export interface JournalStart extends NewRun {
  key: string;
  host: string;
  pid: number;
  process: string | null;
}

/** The journal's line for the end of a run. */
export interface JournalEnd extends Outcome {
  key: string;
}
