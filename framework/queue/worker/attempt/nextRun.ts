import { errorText } from "../../../text/errorText";
import { type CronRun, nextCronRun } from "../../cronRun";
import type { ClaimedJob, NewJob } from "../../engine";

/** The job that follows one that has ended. */
interface Next {
  next?: NewJob;
  /** Why the next run is not at its proper time, or is missing. */
  remark?: string;
}

/**
 * With autoRescheduleOnFailure, the delay is the same each time. A cron job returns to its schedule once it
 * succeeds, so that there is only one next run.
 */
export function afterFailure(job: ClaimedJob, now: number): Next {
  const { cron, rescheduleDelay } = job;
  if (rescheduleDelay === null) return cronNext(job, now);
  return { next: { ...follower(job), ...(cron !== null && { cron }), when: { in: rescheduleDelay } } };
}

export function cronNext(job: ClaimedJob, now: number): Next {
  if (job.cron === null) return {};
  const { at, remark } = cronTime(job, job.cron, now);
  return {
    ...(at !== undefined && { next: { ...follower(job), cron: job.cron, when: { at } } }),
    ...(remark !== undefined && { remark }),
  };
}

/**
 * Never throws: even if its schedule can't be read, the job is done and must be settled. The next run is
 * counted from the due time if that is later than now: after a clock was set back, the same time would come
 * again.
 */
export function cronTime(
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

/**
 * The wrong hour is better than never. Node versions know different time zones, so the next one may know this
 * one.
 */
function inUtc(cron: CronRun, type: string, now: number): { at?: number | undefined; remark: string } {
  try {
    const at = nextCronRun({ ...cron, timezone: "UTC" }, type, now);
    return {
      at,
      remark: `scheduled the next run in UTC: this Node.js version does not know the time zone ${cron.timezone}`,
    };
  } catch (error) {
    return unreadable(cron, error);
  }
}

function unreadable({ expression }: CronRun, error: unknown): { remark: string } {
  return {
    remark: `no next run is scheduled: cannot read ${JSON.stringify(expression)}: ${errorText(error)}`,
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
