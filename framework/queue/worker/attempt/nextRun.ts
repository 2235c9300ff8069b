import { errorText } from "../../../text/errorText";
import { type CronRun, nextCronRun } from "../../cronRun";
import type { ClaimedJob, NewJob } from "../../engine";

/** The job that follows one that has ended. */
interface Next {
  next?: NewJob;
  /** Why there is no next run, or why it isn't at the scheduled time. */
  remark?: string;
}

/**
 * The job that follows a failed one. With autoRescheduleOnFailure, even a cron job runs again after its delay, not at
 * its next scheduled time, so that there is only ever one next run. Once it succeeds, it returns to its schedule.
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
 * When a cron job runs next. Never throws, because the job must be settled even if its schedule can't be read. If the
 * job's due time is later than now, looks for the first time after that. Otherwise, after the clock was set back, the
 * job would run twice for the same time.
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
 * The next run with the schedule read in UTC, because running at the wrong hour is better than never. The time zone may
 * be unknown only to this version of Node.
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
