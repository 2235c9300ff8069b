import type { Knex } from "knex";

const finished = ["completed", "failed", "cancelled"];

/** Deletes finished jobs, and notes in `place` how far it has looked. */
export async function pruneJobs(
  database: Knex,
  now: string,
  { keepMs, limit }: { keepMs: number; limit: number },
  place: { after: number },
): Promise<number> {
  const due: { id: number }[] = await database("jobs")
    .whereRaw(`remove_at <= ${now}`)
    .whereIn("status", finished)
    .orderBy("remove_at")
    .limit(limit)
    .select("id");
  // Ids grow with time, so the oldest rows come first: no index has to know when a job ended.
  const seen: { id: number; is_old: number }[] = await database("jobs")
    .where("id", ">", place.after)
    .orderBy("id")
    .limit(limit)
    .select("id", database.raw(`${isOld(now)} as is_old`, [keepMs]));
  place.after = seen.length < limit ? 0 : (seen.at(-1)?.id ?? 0);
  const old = seen.filter(({ is_old }) => is_old === 1);
  const ids = [...new Set([...due, ...old].map(({ id }) => id))].sort((a, b) => a - b);
  // Asked again: somebody may have queued one of them anew.
  return ids.length === 0 ? 0 : database("jobs").whereIn("id", ids).whereIn("status", finished).delete();
}

function isOld(now: string): string {
  const hasEnded = `status in (${finished.map((status) => `'${status}'`).join(", ")})`;
  return `case when ${hasEnded} and remove_at is null and completed_at <= ${now} - ? then 1 else 0 end`;
}
