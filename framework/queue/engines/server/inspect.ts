import type { Knex } from "knex";
import { countsOf, type JobFilter, type JobRecord, type JobState, type QueueCounts } from "../../jobRecord";
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

/** Lists jobs, newest first. */
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

/** How many rows to change at a time, so that other transactions don't wait long for the locks on them. */
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

/** Makes jobs ready again. Skips those whose unique key now belongs to an unfinished job. */
export async function retryJobs(
  database: Knex,
  which: readonly number[] | "failed",
  isCurrent: boolean,
): Promise<number[]> {
  const retried: number[] = [];
  if (which !== "failed") return retryThese(database, which, ["failed", "cancelled"], isCurrent);
  for (let after = 0; ; ) {
    const failed = database("jobs").options(unlimited).where({ status: "failed" }).where("id", ">", after);
    const rows: { id: number }[] = await failed.orderBy("id").limit(portion).select("id");
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return retried;
    after = ids.at(-1) ?? after;
    retried.push(...(await retryThese(database, ids, ["failed"], isCurrent)));
  }
}

async function retryThese(
  database: Knex,
  ids: readonly number[],
  states: readonly JobState[],
  isCurrent: boolean,
): Promise<number[]> {
  const values = { ...again, spent: database.ref("attempts") };
  if (!isCurrent) return change(database, ids, states, values);
  const keyed: { id: number; former_key: string }[] = await database("jobs")
    .whereIn("id", [...ids])
    .whereIn("status", states)
    .whereNotNull("former_key")
    .orderBy("id")
    .select("id", "former_key");
  const known = new Set(keyed.map(({ id }) => id));
  const plain = ids.filter((id) => !known.has(id));
  const retried = await change(database, plain, states, values);
  for (const { id, former_key } of keyed) {
    const withKey = { ...values, unique_key: former_key, former_key: null };
    if (
      await isKeyTaken(() =>
        database("jobs").where({ id, former_key }).whereIn("status", states).update(withKey),
      )
    )
      continue;
    retried.push(id);
  }
  return retried.sort((a, b) => a - b);
}

/**
 * Whether another job has the key. Lets the unique index decide, because only the index knows which of two concurrent
 * retries is first.
 */
async function isKeyTaken(claimKey: () => Promise<number>): Promise<boolean> {
  try {
    return (await claimKey()) === 0;
  } catch (error) {
    if (error.code === "23505" || error.code === "ER_DUP_ENTRY") return true;
    throw error;
  }
}

export function cancelJobs(
  database: Knex,
  ids: readonly number[],
  now: string,
  isCurrent: boolean,
): Promise<number[]> {
  return change(database, ids, ["scheduled", "pending", "parked", "processing"], {
    status: "cancelled",
    completed_at: database.raw(now),
    locked_by: null,
    // Read the key before it is cleared: MySQL assigns from left to right.
    ...(isCurrent && { former_key: database.ref("unique_key") }),
    unique_key: null,
  });
}

/** Changes the jobs that are in one of these states, and returns their ids. */
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
