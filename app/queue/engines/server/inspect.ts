import type { Knex } from "knex";
import type { JobFilter, JobRecord, JobState, QueueCounts } from "../../jobRecord";
import { countsOf } from "../counts";
import { type JobRow, toRecord } from "../jobRow";
import { unlimited } from "./patientClient";

export async function countJobs(database: Knex): Promise<QueueCounts> {
  const rows: { type: string; status: JobState; count: number }[] = await database("jobs")
    .options(unlimited)
    .groupBy("type", "status")
    .orderBy(["type", "status"])
    .select("type", "status")
    .count({ count: "*" });
  const byType = rows.map(({ type, status, count }) => ({ type, state: status, count: Number(count) }));
  return countsOf(byType);
}

/** The newest first. */
export async function listJobs(database: Knex, filter: JobFilter): Promise<JobRecord[]> {
  const { states, types, userId, limit } = filter;
  const query = database("jobs").options(unlimited).orderBy("id", "desc").limit(limit);
  if (states !== undefined) query.whereIn("status", states);
  if (types !== undefined) query.whereIn("type", types);
  if (userId !== undefined) query.where({ user_id: userId });
  const rows: JobRow[] = await query;
  return rows.map(toRecord);
}

export async function findJob(database: Knex, id: number): Promise<JobRecord | undefined> {
  const row: JobRow | undefined = await database("jobs").where({ id }).first();
  return row === undefined ? undefined : toRecord(row);
}

/** So many rows at a time, so that nobody waits long for their locks. */
const portion = 1000;

const again = {
  status: "pending",
  crashes: 0,
  due: null,
  started_at: null,
  completed_at: null,
  remove_at: null,
  error: null,
  progress: null,
  successor: null,
};

export async function retryJobs(database: Knex, which: readonly number[] | "failed"): Promise<number[]> {
  const values = { ...again, spent: database.ref("attempts") };
  if (which !== "failed") return change(database, which, ["failed", "cancelled"], values);
  const retried: number[] = [];
  for (;;) {
    const failed = database("jobs").options(unlimited).where({ status: "failed" });
    const rows: { id: number }[] = await failed.limit(portion).select("id");
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return retried.sort((a, b) => a - b);
    retried.push(...(await change(database, ids, ["failed"], values)));
  }
}

export function cancelJobs(database: Knex, ids: readonly number[], now: string): Promise<number[]> {
  return change(database, ids, ["scheduled", "pending", "processing"], {
    status: "cancelled",
    completed_at: database.raw(now),
    locked_by: null,
    unique_key: null,
  });
}

/** Changes those of these jobs that are in one of these states, and says which they were. */
async function change(
  database: Knex,
  ids: readonly number[],
  states: readonly JobState[],
  values: object,
): Promise<number[]> {
  const sorted = [...ids].sort((a, b) => a - b);
  const changed: number[] = [];
  for (let from = 0; from < sorted.length; from += portion) {
    await database.transaction(async (trx) => {
      const asked = trx("jobs").whereIn("id", sorted.slice(from, from + portion));
      const rows: { id: number }[] = await asked
        .whereIn("status", states)
        .orderBy("id")
        .forUpdate()
        .select("id");
      const open = rows.map(({ id }) => id);
      if (open.length > 0) await trx("jobs").whereIn("id", open).update(values);
      changed.push(...open);
    });
  }
  return changed;
}

export async function pauseType(database: Knex, type: string, now: string): Promise<void> {
  await database("queue_pauses")
    .insert({ type, paused_at: database.raw(now) })
    .onConflict("type")
    .ignore();
}

export async function resumeType(database: Knex, type: string): Promise<void> {
  await database("queue_pauses").where({ type }).delete();
}

export async function pausedTypes(database: Knex): Promise<string[]> {
  const rows: { type: string }[] = await database("queue_pauses").orderBy("type").select("type");
  return rows.map(({ type }) => type);
}
