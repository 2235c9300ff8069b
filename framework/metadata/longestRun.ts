import { parseDuration } from "../config/duration";
import type { CommandFacts } from "./manifest";

/** The delay doubles with each retry, up to this many milliseconds. Then up to 20% jitter is added. */
const longestDelayMs = 3_600_000;
const spread = 1.2;

/** The longest that a run and its retries can take, in seconds; undefined without a time limit. */
export function longestRun({ timeout, retries, retryDelay }: CommandFacts): number | undefined {
  if (timeout === null || timeout === false) return undefined;
  const delays = Array.from({ length: retries }, (_, index) =>
    Math.min(parseDuration(retryDelay) * 2 ** index, longestDelayMs),
  );
  const pauses = delays.reduce((sum, delay) => sum + delay * spread, 0);
  return (parseDuration(timeout) * (retries + 1) + pauses) / 1000;
}
