import type { RetryPolicy } from "./engine";

/** How often a pushed job is attempted if its handler doesn't say. */
const defaultAttempts = 3;

/** How often a job is attempted before it has failed. `attempts`: what its handler declares. */
export function attemptsFor(
  { retryPolicy }: { retryPolicy: RetryPolicy | null },
  { attempts }: { attempts: number | null },
): number {
  if (retryPolicy === "never") return 1;
  return attempts ?? (retryPolicy === "handler" ? 1 : defaultAttempts);
}
