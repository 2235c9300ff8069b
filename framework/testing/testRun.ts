import type { Captured } from "./captured/captured";

/** How a run ended, and its log lines, output and mails. */
export interface TestRun extends Captured {
  /** 0 done, 1 failed, 2 usage error, 124 timed out, 143 stopped by SIGTERM. */
  exitStatus: number;
  /** The text that the command returned, as it is stored with the run. */
  message?: string | undefined;
  processed?: number | undefined;
  failed?: number | undefined;
  /** The error that the command threw, or why it was stopped. */
  error?: Error | undefined;
  isTimedOut: boolean;
}
