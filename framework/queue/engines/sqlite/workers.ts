import type { Database } from "../../../services/database/sqliteDriver";
import type { ClaimedJob, Heartbeat, HeartbeatAnswer, Holder, Judge, WorkerRecord } from "../../engine";
import { byStartOrder, heldRow } from "../claimedJob";
import type { SeenHolder } from "../leaseJudge";
import { sorted } from "../verdict";
import { typesOf, typesText } from "../workerTypes";
import { toClaimed, typedColumns } from "./claim";
import { rowsOf, statement } from "./connection";
import { isCurrent } from "./jobsTable";
import { releaseJobs } from "./settle";

export function registerWorker(database: Database, worker: WorkerRecord, now: number): void {
  const { id, host, pid, identity, concurrency, leaseMs, types } = worker;
  const common = [id, host, pid, identity, concurrency, now, now + leaseMs];
  const values = isCurrent(database) ? [...common, typesText(types)] : common;
  const columns = "id, host, pid, identity, concurrency, started_at, lease_until";
  statement(
    database,
    `insert or replace into queue_workers (${columns}${isCurrent(database) ? ", types" : ""})
     values (${values.map(() => "?").join(", ")})`,
  ).run(...values);
}

export function beatOf(database: Database, beat: Heartbeat, now: number): HeartbeatAnswer {
  const prolong = "update queue_workers set lease_until = ? where id = ?";
  const isKnown = statement(database, prolong).run(now + beat.leaseMs, beat.worker).changes === 1;
  const rows = rowsOf(database, heldBy, beat.worker);
  return { isKnown, held: rows.map(heldRow) };
}

const heldBy = "select id, attempts, created_at from jobs where status = 'processing' and locked_by = ?";

export function unregisterWorker(database: Database, id: string): void {
  statement(database, "delete from queue_workers where id = ?").run(id);
}

const everybody = (types: string) => `
  select id, host, pid, identity, concurrency, started_at, lease_until, ${types} from queue_workers
  union all
  select distinct locked_by, null, null, null, null, null, null, null from jobs
  where status = 'processing' and locked_by is not null and locked_by not in (select id from queue_workers)`;

export function holdersOf(database: Database, now: number): SeenHolder[] {
  const rows = rowsOf(database, everybody(isCurrent(database) ? "types" : "null"));
  return rows.map(([id, host, pid, identity, concurrency, startedAt, until, types]) => {
    const lease = until === null ? null : { until: Number(until), remaining: Number(until) - now };
    return { id, host, pid, identity, concurrency, startedAt, types: typesOf(types), lease } as SeenHolder;
  });
}

/** Takes over the dead worker's jobs (see QueueEngine.takeOver), within the open transaction. */
export function takeOverFrom(database: Database, dead: Holder, by: string, judge: Judge): ClaimedJob[] {
  const forget = "delete from queue_workers where id = ? and lease_until = ?";
  if (dead.lease !== null && statement(database, forget).run(dead.id, dead.lease.until).changes === 0)
    return [];
  const isKnown = "select 1 from queue_workers where id = ?";
  if (dead.lease === null && statement(database, isKnown).get(dead.id) !== undefined) return [];
  const taking = `update jobs set locked_by = ?, crashes = crashes + 1
    where status = 'processing' and locked_by = ? returning ${typedColumns(database)}`;
  const jobs = rowsOf(database, taking, by, dead.id).map(toClaimed).sort(byStartOrder);
  const { blamed, returned, counted } = sorted(jobs, judge);
  releaseJobs(database, by, returned);
  releaseJobs(database, by, counted, true);
  return blamed;
}
