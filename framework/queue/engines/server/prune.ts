import type { Knex } from "knex";

const finished = ["completed", "failed", "cancelled"];

interface PruneLimits {
  /** SQL for the server's time. */
  now: string;
  keepMs: number;
  limit: number;
}

/** Deletes finished jobs, and records in `position` how far it has searched. */
export async function pruneJobs(
  database: Knex,
  limits: PruneLimits,
  position: { after: number },
): Promise<number> {
  const { now, limit } = limits;
  const due: { id: number }[] = await database("jobs")
    .whereRaw(`remove_at <= ${now}`)
    .where({ status: "completed" })
    .orderBy("remove_at")
    .limit(limit)
    .select("id");
  const old = await nextOld(database, limits, position);
  const ids = [...new Set([...due.map(({ id }) => id), ...old])].sort((a, b) => a - b);
  // Check the status again, because one of these jobs may have been retried.
  return ids.length === 0 ? 0 : database("jobs").whereIn("id", ids).whereIn("status", finished).delete();
}

/**
 * The ids of jobs to delete. Skips jobs that are kept, and searches until it finds some to delete. Needs no index on
 * the end time: ids grow with time, so the oldest rows come first, and the search can stop at the first job that is too
 * young to have ended before the limit.
 */
async function nextOld(
  database: Knex,
  { now, keepMs, limit }: PruneLimits,
  position: { after: number },
): Promise<number[]> {
  for (;;) {
    const seen: { id: number; is_old: number; is_young: number }[] = await database("jobs")
      .where("id", ">", position.after)
      .orderBy("id")
      .limit(limit)
      .select("id", database.raw(`${isOld(now)} as is_old`, [keepMs]))
      .select(database.raw(`case when created_at > ${now} - ? then 1 else 0 end as is_young`, [keepMs]));
    const last = seen.at(-1);
    const isEnd = seen.length < limit || last?.is_young === 1;
    position.after = isEnd ? 0 : (last?.id ?? 0);
    const old = seen.filter(({ is_old }) => is_old === 1).map(({ id }) => id);
    if (old.length > 0 || isEnd) return old;
  }
}

function isOld(now: string): string {
  const isKept = "status in ('failed', 'cancelled') or status = 'completed' and remove_at is null";
  return `case when (${isKept}) and completed_at <= ${now} - ? then 1 else 0 end`;
}
