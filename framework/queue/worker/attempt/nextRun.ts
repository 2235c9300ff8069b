import { errorText } from "../../../text/errorText";
import { type CronRun, nextCronRun } from "../../cronRun";
import type { ClaimedJob, NewJob } from "../../engine";

/** The job that comes after one that has ended. */
interface Next {
  next?: NewJob;
  /** Why the next run is not when it should be, or isn't at all. */
  remark?: string;
}

/**
 * autoRescheduleOnFailure: the same delay each time. A cron job goes on with its schedule once it has succeeded, so
 * that its chain has one next run.
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
 * Never throws: the job whose schedule can't be read has been done, and has to be settled. Counted from when the job was
 * due, where that is later: a clock that was set back would repeat the moment.
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
