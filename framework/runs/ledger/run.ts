import type { LostOutput } from "../../process/output";

/**
 * The state of a run. `lost` means that its process ended without recording the end. The next process that reads the
 * ledger sets this state.
 */
export type RunState = "running" | "succeeded" | "failed" | "timed_out" | "skipped" | "lost";

const badStates: readonly RunState[] = ["failed", "timed_out", "lost"];

/** Whether a run failed, timed out or was lost. */
export function hasFailed({ state }: { state: RunState }): boolean {
  return badStates.includes(state);
}

/** One execution of a command, as recorded in the ledger. Times are milliseconds since the epoch. */
export interface Run {
  id: number;
  /** Identifies the run in its log lines. */
  key: string;
  name: string;
  host: string;
  pid: number;
  startedAt: number;
  finishedAt: number | null;
  /** How long the run took, in milliseconds of a monotonic clock; null while it is running. */
  durationMs: number | null;
  state: RunState;
  exitStatus: number | null;
  message: string | null;
  error: string | null;
  /** How many items the run reported as processed, and how many of them failed. */
  processed: number | null;
  failed: number | null;
  /** The first error that a failed run logged before it ended, which is often the cause. */
  loggedError: string | null;
  /** How many lines of the run's output could not be written, and why (a code such as "ENOSPC"). */
  lostOutput: LostOutput | null;
  /** The CPU time of the run's own process in milliseconds; null if unknown. */
  cpuMs: number | null;
  /** The peak memory of the run's own process in bytes; null if unknown. */
  peakMemory: number | null;
  /** 1 for the first attempt, more for a retry. */
  attempt: number;
  /** The key of the first attempt, if this is a retry. */
  retryOf: string | null;
  args: string[];
  /**
   * The log file and the range of bytes this run wrote; null if its output went elsewhere. The inode identifies the file
   * after it has been rotated.
   */
  log: { file: string; inode: number | null; from: number; to: number | null } | null;
}

/** What a start that finds the lock taken needs to know about the run that holds it. */
export interface LockHolder {
  key: string;
  pid: number;
  startedAt: number;
}

/** The beginning of every `overlapText`. Ledger queries search for it, so it must not change. */
export const overlapStart = "still running since ";

/**
 * Why a start was skipped. Names the run that holds the lock: by its id in the ledger or, if that is not known yet, by
 * its key.
 */
export function overlapText({ key, pid, startedAt }: LockHolder, id: number | string = key): string {
  return `${overlapStart}${new Date(startedAt).toISOString()} (run ${id}, pid ${pid})`;
}
