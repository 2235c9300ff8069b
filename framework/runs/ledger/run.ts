import type { LostOutput } from "../../process/output";
import type { LockHolder } from "../lock/overlapText";
import type { Untold } from "./pendingNotice";

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
  /** What its process has to tell, and anybody else where it cannot. */
  untold?: Untold | undefined;
}
