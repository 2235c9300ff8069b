import { parseDuration } from "../config/duration";
import type { CommandFacts } from "./manifest";

/** Retries wait twice as long each time, up to an hour, and up to a fifth more. */
const longestDelayMs = 3_600_000;
const spread = 1.2;

/** The seconds after which a run, its retries included, has come to its end; undefined without a limit. */
export function longestRun({ timeout, retries, retryDelay }: CommandFacts): number | undefined {
  if (timeout === null || timeout === false) return undefined;
  const delays = Array.from({ length: retries }, (_, index) =>
    Math.min(parseDuration(retryDelay) * 2 ** index, longestDelayMs),
  );
  const pauses = delays.reduce((sum, delay) => sum + delay * spread, 0);
  return (parseDuration(timeout) * (retries + 1) + pauses) / 1000;
}
