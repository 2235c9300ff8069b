import type { Captured } from "./captured/captured";

/** How a run ended, and what it logged, wrote and sent. */
export interface TestRun extends Captured {
  /** 0 done, 1 failed, 2 used wrongly, 124 timed out, 143 stopped by SIGTERM. */
  exitStatus: number;
  /** The returned text, as stored with the run. */
  message?: string | undefined;
  processed?: number | undefined;
  failed?: number | undefined;
  /** What it threw, or why it was stopped. */
  error?: Error | undefined;
  isTimedOut: boolean;
}
