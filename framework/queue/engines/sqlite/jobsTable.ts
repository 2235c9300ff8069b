import type { Database } from "../../../services/database/sqliteDriver";
import { rowsOf } from "./connection";

const current = new WeakSet<Database>();

/**
 * Whether the jobs table has the columns of this release. Until its migration has run, the code doesn't use the new
 * columns and checks for them on each call.
 */
export function isCurrent(database: Database): boolean {
  if (current.has(database)) return true;
  const question = `select 1 from sqlite_master
    where type = 'table' and name = 'jobs' and sql like '%rescheduled_from_job%' and sql like '%former_key%'`;
  const isThere = rowsOf(database, question).length > 0;
  if (isThere) current.add(database);
  return isThere;
}
