import { errorText } from "../../../text/errorText";
import { type ClaimedJob, heldOf, type NewJob, type RetryPolicy, type Settlement } from "../../engine";
import type { Handler } from "../../handlers";
import { encode } from "../../payload";
import { afterFailure, cronNext, cronTime } from "./nextRun";

/** How an attempt ended. */
export type Ending =
  | { kind: "returned"; result: unknown }
  | { kind: "threw"; error: unknown }
  /** The job can't be run, because it has no handler or its data is unreadable. A retry would not help. */
  | { kind: "refused"; error: unknown }
  | { kind: "crashed"; error: unknown };

/** How many characters of an error's text are stored with its job. */
const longestError = 20_000;

export interface Chance {
  /** The time in milliseconds since the epoch. Few endings depend on it, and reading the clock takes time. */
  now(): number;
  random(): number;
}

/**
 * Decides what happens to a job after its attempt ended: completed, retried or failed, and which job follows
 * it.
 */
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
  const { next, remark } = afterFailure(job, chance.now());
  const whole = remark === undefined ? error : `${error}\n${remark}`;
  return withNext({ ...held, state: "failed", error: whole }, next);
}

/** The job is completed even if its result can't be stored as JSON; an error is then recorded instead. */
function completed(job: ClaimedJob, value: unknown, chance: Chance): Settlement {
  const { id, attempt, createdAt } = job;
  // Lists the fields, because this runs for every job and a spread would take longer than all the rest.
  const done: Settlement = { id, attempt, createdAt, state: "completed", result: null };
  try {
    if (value !== undefined) done.result = encode(value, "result");
  } catch (error) {
    done.error = errorText(error, longestError);
  }
  if (job.cron === null) return done;
  const { next, remark } = cronNext(job, chance.now());
  if (remark !== undefined) done.error ??= remark;
  return withNext(done, next);
}

function withNext(settlement: Exclude<Settlement, { state: "retry" }>, next: NewJob | undefined): Settlement {
  return next === undefined ? settlement : { ...settlement, next };
}

/** The delay before the retry; undefined if the job is not retried. */
function retryDelay(
  job: ClaimedJob,
  handler: Handler | undefined,
  { kind }: Ending,
  chance: Chance,
): number | undefined {
  const failures = job.attempt - job.spent;
  // Let a worker with a handler for the type decide whether any attempts are left.
  if (handler === undefined && kind === "crashed") return 0;
  if (handler === undefined || kind === "refused" || failures >= attemptsFor(job, handler)) return undefined;
  const delay = kind === "crashed" ? 0 : backoffDelay(failures, handler.backoffMs, chance.random);
  if (job.cron === null || job.rescheduleDelay !== null) return delay;
  // Don't retry later than the cron job's next run.
  const now = chance.now();
  const { at } = cronTime(job, job.cron, now);
  return at !== undefined && at <= now + delay ? undefined : delay;
}

/** How often a pushed job is attempted if its handler doesn't declare `attempts`. */
const defaultAttempts = 3;

/** The number of failed attempts after which a job has failed. `attempts` is the number that its handler declares. */
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

/** The longest back-off, in milliseconds. */
export const longestBackoff = 3_600_000;

/**
 * The back-off after the nth failure: `base`, doubled each time up to an hour (or up to `base`, if that is longer). Varies
 * randomly by a quarter, so that jobs that failed together aren't retried together.
 */
export function backoffDelay(failures: number, base: number, random: () => number): number {
  const doubled = Math.min(base * 2 ** Math.max(0, failures - 1), Math.max(base, longestBackoff));
  return Math.round(doubled * (0.75 + random() / 2));
}
