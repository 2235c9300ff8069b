import type { Database } from "../../../services/database/sqliteDriver";
import { rowsOf } from "./connection";

const due = `delete from jobs where id in
  (select id from jobs where remove_at is not null and remove_at <= ? and status = 'completed'
   order by remove_at limit ?) returning id`;

/** The table's oldest rows. Needs no index on the end time, because ids grow with time. */
const oldest = `select id, created_at, completed_at <= ?
    and (status in ('failed', 'cancelled') or status = 'completed' and remove_at is null)
  from jobs where id > ? order by id limit ?`;

const listed = "delete from jobs where id in (select value from json_each(?)) returning id";

/** Deletes finished jobs, and records in `position` how far it has searched. */
export function pruneJobs(database: Database, limits: PruneLimits, position: { after: number }): number {
  const { now, limit } = limits;
  const removed = rowsOf(database, due, now, limit).length;
  const old = nextOld(database, limits, position);
  return removed + (old.length === 0 ? 0 : rowsOf(database, listed, JSON.stringify(old)).length);
}

/**
 * The ids of jobs to delete. Skips jobs that are kept, and searches until it finds some to delete or reaches a job that
 * is too young to have ended before the limit.
 */
function nextOld(
  database: Database,
  { now, keepMs, limit }: PruneLimits,
  position: { after: number },
): unknown[] {
  for (;;) {
    const seen = rowsOf(database, oldest, now - keepMs, position.after, limit);
    const [lastId, lastCreatedAt] = seen.at(-1) ?? [];
    const isEnd = seen.length < limit || Number(lastCreatedAt ?? 0) > now - keepMs;
    position.after = isEnd ? 0 : Number(lastId);
    const old = seen.filter(([, , isOld]) => isOld === 1).map(([id]) => id);
    if (old.length > 0 || isEnd) return old;
  }
}

interface PruneLimits {
  now: number;
  keepMs: number;
  limit: number;
}
