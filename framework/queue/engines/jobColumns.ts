import type { NewJob } from "../engine";

/**
 * The columns of a new job except its times, in the order of `newValues`. `isCurrent` tells whether the table has the
 * columns of this release (its migration may not have run yet).
 */
export function newColumns(isCurrent: boolean): string {
  const common = `type, user_id, data, sort_order, unique_key, cron, timezone, reschedule_delay, remove_delay,
  rescheduled_from`;
  return isCurrent ? `${common}, rescheduled_from_job, retry_policy` : common;
}

export function newValues(job: NewJob, isCurrent: boolean): unknown[] {
  const common = [
    job.type,
    job.userId,
    job.data,
    -job.priority || 0,
    job.uniqueKey ?? null,
    job.cron?.expression ?? null,
    job.cron?.timezone ?? null,
    job.rescheduleDelay ?? null,
    job.removeDelay ?? null,
    // The old name is for workers of the previous release. The next release can drop it.
    job.rescheduledFromJob ?? null,
  ];
  return isCurrent ? [...common, job.rescheduledFromJob ?? null, job.retryPolicy ?? null] : common;
}

/** "?, ?, …", with one placeholder for each of `newValues`. */
export function newPlaceholders(isCurrent: boolean): string {
  return Array(isCurrent ? 12 : 10)
    .fill("?")
    .join(", ");
}

/**
 * SQL that moves the unique key of a job that has ended to `former_key`, in case the job is retried. The order matters,
 * because MySQL assigns from left to right.
 */
export function endKey(isCurrent: boolean): string {
  return isCurrent ? "former_key = unique_key, unique_key = null" : "unique_key = null";
}
