import type { Database } from "../../../services/database/sqliteDriver";
import { rowsOf, statement } from "./connection";
import { isCurrent } from "./jobsTable";

/** How many rows to change at a time, because a large change would lock out all other processes. */
const portion = 1000;

const parking = `update jobs set status = 'parked' where id in
  (select id from jobs where status = 'pending' and type = ?
     and max(coalesce(created_at, 0), coalesce(due, 0)) <= ? order by sort_order, id limit ${portion})`;

const unparking = `update jobs set status = 'pending' where id in
  (select id from jobs where status = 'parked' and type in (select value from json_each(?)) limit ${portion})`;

/**
 * Parks jobs of a type. Does nothing until the migration has run: without its index, every search for parked jobs would
 * read the whole table.
 */
export function parkJobs(database: Database, type: string, before: number): number {
  return isCurrent(database) ? statement(database, parking).run(type, before).changes : 0;
}

/** Whether any jobs are parked. Checks without the write lock, because usually none are. */
export function isAnyParked(database: Database): boolean {
  if (!isCurrent(database)) return false;
  return rowsOf(database, "select 1 from jobs where status = 'parked' limit 1").length > 0;
}

export function unparkJobs(database: Database, types: readonly string[]): number {
  return statement(database, unparking).run(JSON.stringify(types)).changes;
}
