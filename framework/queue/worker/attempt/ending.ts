import { errorText } from "../../../text/errorText";
import { type CronRun, nextCronRun } from "../../cronRun";
import { type ClaimedJob, heldOf, type NewJob, type Settlement } from "../../engine";
import type { Handler } from "../../handlers";
import { encode } from "../../payload";
import { attemptsFor, backoffDelay } from "../../retries";

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
  const { next, remark } = afterFailure(job, chance);
  const whole = remark === undefined ? error : `${error}\n${remark}`;
  return withNext({ ...held, state: "failed", error: whole }, next);
}

/** A result that is no JSON is an error worth noting, but the work is done. */
function completed(job: ClaimedJob, value: unknown, chance: Chance): Settlement {
  const { next, remark } = cronNext(job, chance);
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

interface Next {
  next?: NewJob;
  /** Why the next run is not when it should be, or isn't at all. */
  remark?: string;
}

/**
 * autoRescheduleOnFailure: the same delay each time. A cron job goes on with its schedule once it has succeeded, so
 * that its chain has one next run.
 */
function afterFailure(job: ClaimedJob, chance: Chance): Next {
  const { cron, rescheduleDelay } = job;
  if (rescheduleDelay === null) return cronNext(job, chance);
  return { next: { ...follower(job), ...(cron !== null && { cron }), when: { in: rescheduleDelay } } };
}

function cronNext(job: ClaimedJob, { now }: Chance): Next {
  if (job.cron === null) return {};
  const { at, remark } = cronTime(job, job.cron, now);
  return {
    ...(at !== undefined && { next: { ...follower(job), cron: job.cron, when: { at } } }),
    ...(remark !== undefined && { remark }),
  };
}

/**
 * Never throws: the job whose schedule can't be read has been done, and has to be settled. Counted from when the job was
 * due, where that is later: a clock that was set back would repeat the moment.
 */
function cronTime(
  { type, due }: ClaimedJob,
  cron: CronRun,
  now: number,
): { at?: number | undefined; remark?: string } {
  const after = Math.max(now, due ?? now);
  try {
    return { at: nextCronRun(cron, type, after) };
  } catch (error) {
    return cron.timezone === "UTC" ? unreadable(cron, error) : inUtc(cron, type, after);
  }
}

/** At a wrong hour rather than never: Nodes know different time zones, and the next one may know this one. */
function inUtc(cron: CronRun, type: string, now: number): { at?: number | undefined; remark: string } {
  try {
    const at = nextCronRun({ ...cron, timezone: "UTC" }, type, now);
    return {
      at,
      remark: `the next run is planned in UTC: this Node can't use the time zone ${cron.timezone}`,
    };
  } catch (error) {
    return unreadable(cron, error);
  }
}

function unreadable({ expression }: CronRun, error: unknown): { remark: string } {
  return {
    remark: `there is no next run, as ${JSON.stringify(expression)} can't be read: ${errorText(error)}`,
  };
}

function follower(job: ClaimedJob): NewJob {
  const { type, userId, priority, rescheduleDelay, removeDelay, retryPolicy } = job;
  return {
    type,
    userId,
    priority,
    data: job.data ?? "null",
    rescheduledFromJob: job.id,
    ...(rescheduleDelay !== null && { rescheduleDelay }),
    ...(removeDelay !== null && { removeDelay }),
    ...(retryPolicy !== null && { retryPolicy }),
  };
}
