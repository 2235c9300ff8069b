import type { LostOutput } from "../../process/output";

/** How a run stands. `lost` is found by a reader: the process ended without being able to say so. */
export type RunState = "running" | "succeeded" | "failed" | "timed_out" | "skipped" | "lost";

const badStates: readonly RunState[] = ["failed", "timed_out", "lost"];

/** Whether a run ended badly. */
export function hasFailed({ state }: { state: RunState }): boolean {
  return badStates.includes(state);
}

/** One execution of a command, as the ledger keeps it. Times are milliseconds since the epoch. */
export interface Run {
  id: number;
  /** What it is called in its lines of the log. */
  key: string;
  name: string;
  host: string;
  pid: number;
  startedAt: number;
  finishedAt: number | null;
  /** How long it took, in milliseconds, whatever became of the clock meanwhile; null while it goes on. */
  durationMs: number | null;
  state: RunState;
  exitStatus: number | null;
  message: string | null;
  error: string | null;
  /** How many items the run says it processed, and how many of them failed. */
  processed: number | null;
  failed: number | null;
  /** The first error that a run which ended badly had logged before: often the cause. */
  loggedError: string | null;
  /** Lines of its output that could not be written, and why (a code such as "ENOSPC"). */
  lostOutput: LostOutput | null;
  /** The time of the processors that its own process took, in milliseconds; null where that is not known. */
  cpuMs: number | null;
  /** The most memory that its own process had, in bytes. */
  peakMemory: number | null;
  /** 1, or more for a retry. */
  attempt: number;
  /** The key of the first attempt, in a retry. */
  retryOf: string | null;
  args: string[];
  /**
   * The log file and the bytes of it that this run wrote; null when its output went elsewhere. The inode finds the
   * file again after it was rotated.
   */
  log: { file: string; inode: number | null; from: number; to: number | null } | null;
}

/** The run that holds a command's lock, as far as a start that finds it taken needs to know. */
export interface LockHolder {
  key: string;
  pid: number;
  startedAt: number;
}

/** What every such reason begins with. */
export const overlapStart = "still running since ";

/** Why a start is skipped. Its id the run has from the ledger; until that is asked it is called by its key. */
export function overlapText({ key, pid, startedAt }: LockHolder, id: number | string = key): string {
  return `${overlapStart}${new Date(startedAt).toISOString()} (run ${id}, pid ${pid})`;
}
