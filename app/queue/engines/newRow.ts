import type { NewJob } from "../engine";

/** The columns that a new job sets and that are no times, in the order of `newValues`. */
export const newColumns = `type, user_id, data, sort_order, unique_key, cron, timezone, reschedule_delay, reschedules,
  rescheduled_from, remove_delay`;

export function newValues(job: NewJob): unknown[] {
  return [
    job.type,
    job.userId,
    job.data,
    -job.priority || 0,
    job.uniqueKey ?? null,
    job.cron?.expression ?? null,
    job.cron?.timezone ?? null,
    job.rescheduleDelay ?? null,
    job.reschedules ?? 0,
    job.rescheduledFrom ?? null,
    job.removeDelay ?? null,
  ];
}
