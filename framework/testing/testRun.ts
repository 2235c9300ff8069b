import type { Captured } from "./captured/captured";

/** How a run ended, and what it said and sent. */
export interface TestRun extends Captured {
  /** 0 done, 1 failed, 2 used wrongly, 124 over its time limit, 143 ended by SIGTERM. */
  exitStatus: number;
  /** What it returned, as it is kept with the run. */
  message?: string | undefined;
  processed?: number | undefined;
  failed?: number | undefined;
  /** What it threw, or why it was ended. */
  error?: Error | undefined;
  isTimedOut: boolean;
}
