import type { ClaimedJob } from "../engine";

/**
 * The columns that most jobs have nothing of. A claim gets them as one value, null where that is so: each column
 * costs, at both ends (in SQLite a tenth of the search for the row and its change).
 */
export const rareColumns =
  "spent, crashes, cron, timezone, reschedule_delay, reschedules, rescheduled_from, remove_delay";

export const hasNothingRare = `spent = 0 and crashes = 0 and cron is null and reschedule_delay is null
  and rescheduled_from is null and remove_delay is null`;

type Rare = Pick<
  ClaimedJob,
  "spent" | "crashes" | "cron" | "rescheduleDelay" | "reschedules" | "rescheduledFrom" | "removeDelay"
>;

/** Values of `rareColumns`. */
export function rareOf(values: unknown[]): Rare {
  const [spent, crashes, cron, timezone, rescheduleDelay, reschedules, rescheduledFrom, removeDelay] = values;
  const schedule = cron === null ? null : { expression: cron, timezone };
  return {
    spent,
    crashes,
    cron: schedule,
    rescheduleDelay,
    reschedules,
    rescheduledFrom,
    removeDelay,
  } as Rare;
}

export const nothingRare = rareOf([0, 0, null, null, null, 0, null, null]);

/** Written out: a spread of `rare` takes longer than all the rest of it. */
export function claimedJob(
  [id, attempt, type, userId, data, createdAt, order]: unknown[],
  rare: Rare,
): ClaimedJob {
  return {
    id: Number(id),
    attempt,
    type,
    userId,
    data,
    createdAt,
    priority: -(order as number) || 0,
    spent: rare.spent,
    crashes: rare.crashes,
    cron: rare.cron,
    rescheduleDelay: rare.rescheduleDelay,
    reschedules: rare.reschedules,
    rescheduledFrom: rare.rescheduledFrom,
    removeDelay: rare.removeDelay,
  } as ClaimedJob;
}
