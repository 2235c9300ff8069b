import type { Database } from "../../../services/database/sqliteDriver";
import { countsOf, type JobFilter, type JobRecord, type QueueCounts } from "../../jobRecord";
import { endKey } from "../jobColumns";
import { type JobRow, toRecord } from "../jobRow";
import { numbered, rowsOf, statement } from "./connection";
import { isCurrent } from "./jobsTable";

export function countJobs(database: Database): QueueCounts {
  const rows = rowsOf(
    database,
    "select type, status, count(*) from jobs group by type, status order by type, status",
  );
  const byType = rows.map(
    ([type, state, count]) => ({ type, state, count }) as QueueCounts["byType"][number],
  );
  return countsOf(byType);
}

/** Lists jobs, newest first. */
export function listJobs(database: Database, { states, types, userId, limit }: JobFilter): JobRecord[] {
  const rows = statement<JobRow>(
    database,
    `select * from jobs where (?1 is null or status in (select value from json_each(?1)))
       and (?2 is null or type in (select value from json_each(?2))) and (?3 is null or user_id = ?3)
     order by id desc limit ?4`,
  ).all(numbered(listed(states), listed(types), userId ?? null, limit));
  return rows.map(toRecord);
}

function listed(values: readonly string[] | undefined): string | null {
  return values === undefined ? null : JSON.stringify(values);
}

export function findJob(database: Database, id: number): JobRecord | undefined {
  const row = statement<JobRow>(database, "select * from jobs where id = ?").get(id);
  return row === undefined ? undefined : toRecord(row);
}

const again = `set status = 'pending', spent = attempts, crashes = 0, due = null, started_at = null, completed_at = null,
  remove_at = null, error = null, progress = null, successor = null`;
const ended = "status in ('failed', 'cancelled')";

/** Makes jobs ready again. Skips those whose unique key now belongs to an unfinished job. */
export function retryJobs(database: Database, which: readonly number[] | "failed"): number[] {
  const chosen =
    which === "failed" ? "status = 'failed' and ?1 is null" : "id in (select value from json_each(?1))";
  const ids = { 1: which === "failed" ? null : JSON.stringify(which) };
  const isKnown = isCurrent(database);
  const keyless = isKnown ? "and former_key is null" : "";
  const retried = rowsOf(
    database,
    `update jobs ${again} where ${ended} ${keyless} and ${chosen} returning id`,
    ids,
  );
  if (!isKnown) return retried.map(([id]) => Number(id));
  const keyed = `select id from jobs where ${ended} and former_key is not null and ${chosen} order by id`;
  const claimKey = `update jobs ${again}, unique_key = former_key, former_key = null
    where id = ? and not exists (select 1 from jobs other where other.unique_key = jobs.former_key) returning id`;
  for (const [id] of rowsOf(database, keyed, ids)) retried.push(...rowsOf(database, claimKey, id));
  return retried.map(([id]) => Number(id)).sort((a, b) => a - b);
}

export function cancelJobs(database: Database, ids: readonly number[], now: number): number[] {
  const cancelling = `update jobs
    set status = 'cancelled', completed_at = ?1, locked_by = null, ${endKey(isCurrent(database))}
    where status in ('scheduled', 'pending', 'parked', 'processing') and id in (select value from json_each(?2))
    returning id`;
  return rowsOf(database, cancelling, numbered(now, JSON.stringify(ids))).map(([id]) => Number(id));
}

export function pauseType(database: Database, type: string, now: number): void {
  const pausing = "insert into queue_pauses (type, paused_at) values (?, ?) on conflict do nothing";
  statement(database, pausing).run(type, now);
}

export function resumeType(database: Database, type: string): void {
  statement(database, "delete from queue_pauses where type = ?").run(type);
}
