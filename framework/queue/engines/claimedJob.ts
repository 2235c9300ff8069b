import type { ClaimedJob, Held } from "../engine";

/**
 * Columns that are null in most jobs. A claim reads them as one value, which is null if all of them are. Every column
 * costs time, in the database and here (in SQLite, a tenth of the time for finding and changing the row). For
 * `isCurrent`, see jobColumns.
 */
export function rareColumns(isCurrent: boolean): string {
  const ofThisRelease = isCurrent
    ? "coalesce(rescheduled_from_job, rescheduled_from), retry_policy"
    : "rescheduled_from, null";
  return `spent, crashes, cron, timezone, reschedule_delay, remove_delay, ${ofThisRelease}, due`;
}

export function hasNothingRare(isCurrent: boolean): string {
  return `spent = 0 and crashes = 0 and cron is null and reschedule_delay is null and remove_delay is null
  and rescheduled_from is null${isCurrent ? " and rescheduled_from_job is null and retry_policy is null" : ""}`;
}

type Rare = Pick<
  ClaimedJob,
  | "spent"
  | "crashes"
  | "cron"
  | "rescheduleDelay"
  | "removeDelay"
  | "rescheduledFromJob"
  | "retryPolicy"
  | "due"
>;

/** Reads the values of `rareColumns`. */
export function rareOf(values: unknown[]): Rare {
  const [spent, crashes, cron, timezone, rescheduleDelay, removeDelay, rescheduledFromJob, retryPolicy, due] =
    values;
  const schedule = cron === null ? null : { expression: cron, timezone };
  return {
    spent,
    crashes,
    cron: schedule,
    rescheduleDelay,
    removeDelay,
    rescheduledFromJob,
    retryPolicy,
    due,
  } as Rare;
}

export const nothingRare = rareOf([0, 0, null, null, null, null, null, null, null]);

/** Lists each field of `rare`, because a spread would take longer than everything else here. */
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
    removeDelay: rare.removeDelay,
    rescheduledFromJob: rare.rescheduledFromJob,
    due: rare.due,
    retryPolicy: rare.retryPolicy,
  } as ClaimedJob;
}

/** Reads a row of id, attempts and created_at. */
export function heldRow([id, attempt, createdAt]: unknown[]): Held {
  return {
    id: Number(id),
    attempt: Number(attempt),
    createdAt: createdAt === null ? null : Number(createdAt),
  };
}

/** Compares jobs by when to start them, because databases return changed rows in any order. */
export function byStartOrder(a: ClaimedJob, b: ClaimedJob): number {
  return b.priority - a.priority || a.id - b.id;
}

/** The columns of a ClaimedJob, in the order in which `toClaimed` reads them. */
export function claimedColumns(jsonArray: string, isCurrent: boolean): string {
  return `id, attempts, type, user_id, data, created_at, sort_order,
    case when ${hasNothingRare(isCurrent)} then null else ${jsonArray}(${rareColumns(isCurrent)}) end`;
}

export function toClaimed(row: unknown[]): ClaimedJob {
  const rare = row[7];
  if (rare === null) return claimedJob(row, nothingRare);
  return claimedJob(row, rareOf(typeof rare === "string" ? JSON.parse(rare) : rare));
}
