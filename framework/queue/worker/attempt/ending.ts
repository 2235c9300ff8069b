import { errorText } from "../../../text/errorText";
import { type ClaimedJob, heldOf, type NewJob, type RetryPolicy, type Settlement } from "../../engine";
import type { Handler } from "../../handlers";
import { encode } from "../../payload";
import { afterFailure, cronNext, cronTime } from "./nextRun";

/** How an attempt ended. */
export type Ending =
  | { kind: "returned"; result: unknown }
  | { kind: "threw"; error: unknown }
  /** Nobody could run it: no handler, or data that cannot be read. Trying again would change nothing. */
  | { kind: "refused"; error: unknown }
  | { kind: "crashed"; error: unknown };

/** How many characters of an error's text are kept with its job. */
const longestError = 20_000;

export interface Chance {
  now: number;
  random(): number;
}

/** What is to become of a job after this ending: done, tried again, or failed, and what comes after it. */
export function settlementOf(
  job: ClaimedJob,
  handler: Handler | undefined,
  ending: Ending,
  chance: Chance,
): Settlement {
  if (ending.kind === "returned") return completed(job, ending.result, chance);
  const held = heldOf(job);
  const error = errorText(ending.error, longestError);
  const delay = retryDelay(job, handler, ending, chance);
  if (delay !== undefined) return { ...held, state: "retry", error, delay };
  const { next, remark } = afterFailure(job, chance.now);
  const whole = remark === undefined ? error : `${error}\n${remark}`;
  return withNext({ ...held, state: "failed", error: whole }, next);
}

/** A result that is no JSON is an error worth noting, but the work is done. */
function completed(job: ClaimedJob, value: unknown, chance: Chance): Settlement {
  const { next, remark } = cronNext(job, chance.now);
  const { id, attempt, createdAt } = job;
  // Written out: this runs for each job, and a spread takes longer than all the rest of it.
  const done: Settlement = { id, attempt, createdAt, state: "completed", result: null };
  if (remark !== undefined) done.error = remark;
  try {
    if (value !== undefined) done.result = encode(value, "result");
  } catch (error) {
    done.error = errorText(error, longestError);
  }
  return withNext(done, next);
}

function withNext(settlement: Exclude<Settlement, { state: "retry" }>, next: NewJob | undefined): Settlement {
  return next === undefined ? settlement : { ...settlement, next };
}

/** Undefined: it is not tried again. */
function retryDelay(
  job: ClaimedJob,
  handler: Handler | undefined,
  { kind }: Ending,
  { now, random }: Chance,
): number | undefined {
  const failures = job.attempt - job.spent;
  // Whoever knows its type says whether it has an attempt left.
  if (handler === undefined && kind === "crashed") return 0;
  if (handler === undefined || kind === "refused" || failures >= attemptsFor(job, handler)) return undefined;
  const delay = kind === "crashed" ? 0 : backoffDelay(failures, handler.backoffMs, random);
  if (job.cron === null || job.rescheduleDelay !== null) return delay;
  // A cron job's retry gives way to its next run.
  const { at } = cronTime(job, job.cron, now);
  return at !== undefined && at <= now + delay ? undefined : delay;
}

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

/** Whether this attempt is the job's last. */
export function isLastAttempt(job: ClaimedJob, handler: Handler): boolean {
  return job.attempt - job.spent >= attemptsFor(job, handler);
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
