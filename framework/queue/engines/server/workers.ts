import type { Knex } from "knex";
import type { ClaimedJob, Heartbeat, Holder, Judge, WorkerRecord } from "../../engine";
import { byStartOrder, toClaimed } from "../claimedJob";
import { type SeenHolder, unregisteredHolder } from "../leaseJudge";
import { sorted } from "../verdict";
import { typesOf, typesText } from "../workerTypes";
import type { ServerDialect } from "./dialect";

type Sql = Pick<ServerDialect, "now">;

/** Registers a worker. `isCurrent` tells whether the table has this release's columns (see JobsTable). */
export async function registerWorker(
  database: Knex,
  { now }: Sql,
  worker: WorkerRecord,
  isCurrent: boolean,
): Promise<void> {
  const { id, host, pid, identity, concurrency, leaseMs, types } = worker;
  const lease_until = database.raw(`${now} + ?`, [leaseMs]);
  const row = { id, host, pid, identity, concurrency, started_at: database.raw(now), lease_until };
  const whole = isCurrent ? { ...row, types: typesText(types) } : row;
  await database("queue_workers").insert(whole).onConflict("id").merge();
}

/** Extends a worker's lease. Returns whether the worker is still registered. */
export async function beatOf(database: Knex, { now }: Sql, { worker, leaseMs }: Heartbeat): Promise<boolean> {
  const lease_until = database.raw(`${now} + ?`, [leaseMs]);
  return (await database("queue_workers").where({ id: worker }).update({ lease_until })) === 1;
}

export async function unregisterWorker(database: Knex, id: string): Promise<void> {
  await database("queue_workers").where({ id }).delete();
}

/** All registered workers, and unregistered ones that hold jobs. */
export async function holdersOf(database: Knex, { now }: Sql): Promise<SeenHolder[]> {
  const workers: WorkerRow[] = await database("queue_workers").select(
    "*",
    database.raw(`lease_until - ${now} as remaining`),
  );
  const known = new Set(workers.map(({ id }) => id));
  const holding: { locked_by: string }[] = await database("jobs")
    .where({ status: "processing" })
    .whereNotNull("locked_by")
    .distinct("locked_by");
  const unregistered = holding.map(({ locked_by }) => locked_by).filter((id) => !known.has(id));
  return [...workers.map(toHolder), ...unregistered.map(unregisteredHolder)];
}

interface WorkerRow {
  id: string;
  host: string;
  pid: number;
  identity: string | null;
  concurrency: number;
  started_at: number;
  lease_until: number;
  remaining: number;
  /** Undefined until this release's migration has run. */
  types?: string | null;
}

function toHolder(row: WorkerRow): SeenHolder {
  const { id, host, pid, identity, concurrency, started_at, lease_until, remaining } = row;
  const types = typesOf(row.types);
  const lease = { until: lease_until, remaining };
  return { id, host, pid, identity, concurrency, startedAt: started_at, types, lease };
}

export interface Takeover {
  dead: Holder;
  by: string;
  judge: Judge;
  /** SQL for the columns of a claimed job. */
  columns: string;
}

export function takeOverFrom(database: Knex, { dead, by, judge, columns }: Takeover): Promise<ClaimedJob[]> {
  return database.transaction(async (trx) => {
    if (dead.lease !== null) {
      const ours = { id: dead.id, lease_until: dead.lease.until };
      if ((await trx("queue_workers").where(ours).delete()) === 0) return [];
    } else if ((await trx("queue_workers").where({ id: dead.id }).first("id")) !== undefined) {
      // The worker registered between the two queries, so it isn't dead.
      return [];
    }
    const held = { status: "processing", locked_by: dead.id };
    const ids = (await trx("jobs").where(held).forUpdate().select("id")).map(({ id }) => id);
    if (ids.length === 0) return [];
    await trx("jobs").whereIn("id", ids).increment("crashes").update({ locked_by: by });
    const rows = await trx("jobs").whereIn("id", ids).select(trx.raw(columns));
    const jobs = rows.map((row) => toClaimed(Object.values(row))).sort(byStartOrder);
    const { blamed, returned, counted } = sorted(jobs, judge);
    await giveBack(trx, returned, 1);
    await giveBack(trx, counted, 0);
    return blamed;
  });
}

async function giveBack(trx: Knex.Transaction, jobs: readonly ClaimedJob[], spent: 0 | 1): Promise<void> {
  if (jobs.length === 0) return;
  const ids = jobs.map(({ id }) => id);
  await trx("jobs")
    .whereIn("id", ids)
    .increment("spent", spent)
    .update({ status: "pending", locked_by: null, started_at: null });
}
