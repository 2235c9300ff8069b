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

/** A retry never waits longer than this on account of back-off, in milliseconds. */
export const longestBackoff = 3_600_000;

/**
 * How long to wait after the nth failure: `base`, doubled each time up to an hour (or `base`, where that is more),
 * and a quarter more or less by chance, so that what failed together does not come back together.
 */
export function backoffDelay(failures: number, base: number, random: () => number): number {
  const doubled = Math.min(base * 2 ** Math.max(0, failures - 1), Math.max(base, longestBackoff));
  return Math.round(doubled * (0.75 + random() / 2));
}
