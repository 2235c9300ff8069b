import type { ClaimedJob } from "../../engine";

/**
 * The columns of a ClaimedJob, in the order in which `toClaimed` reads them. What most jobs have nothing of comes as
 * one value: each column costs, at both ends.
 */
export function claimedColumns(jsonArray: string): string {
  return `id, attempts, type, user_id, data, created_at, sort_order,
    case when spent = 0 and crashes = 0 and cron is null and reschedule_delay is null and rescheduled_from is null
        and remove_delay is null then null
      else ${jsonArray}(spent, crashes, cron, timezone, reschedule_delay, reschedules, rescheduled_from, remove_delay)
    end`;
}

export function toClaimed(row: unknown[]): ClaimedJob {
  const [id, attempt, type, userId, data, createdAt, order, rare] = row;
  const more = rare === null ? usual : rareValues(typeof rare === "string" ? JSON.parse(rare) : rare);
  const { spent, crashes, cron, rescheduleDelay, reschedules, rescheduledFrom, removeDelay } = more;
  return {
    id: Number(id),
    attempt,
    type,
    userId,
    data,
    createdAt,
    priority: -(order as number) || 0,
    spent,
    crashes,
    cron,
    rescheduleDelay,
    reschedules,
    rescheduledFrom,
    removeDelay,
  } as ClaimedJob;
}

const usual = rareValues([0, 0, null, null, null, 0, null, null]);

function rareValues(values: unknown[]) {
  const [spent, crashes, cron, timezone, rescheduleDelay, reschedules, rescheduledFrom, removeDelay] = values;
  const schedule = cron === null ? null : { expression: cron, timezone };
  return { spent, crashes, cron: schedule, rescheduleDelay, reschedules, rescheduledFrom, removeDelay };
}
