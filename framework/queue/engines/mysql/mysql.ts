import type { DatabaseLocation } from "../../../services/database/databaseLocation";
import type { QueueEngine } from "../../engine";
import { heldRow } from "../claimedJob";
import type { ServerDialect } from "../server/dialect";
import { serverEngine } from "../server/server";
import { columns, look, take } from "./claim";
import { mysqlDriver } from "./driver";
import { insertJobs, now, replaceJob } from "./insert";
import { park, readyTypes, unpark } from "./parking";
import { Polling } from "./polling";
import { noteProgress, releaseJobs, settleJobs } from "./settle";

const dialect: ServerDialect = {
  name: "mysql",
  pollMs: 2000,
  driver: mysqlDriver,
  // Lock only the rows that are changed, not the gaps between them.
  prepare: "set session transaction isolation level read committed",
  now,
  isCurrentSql: `select 1 from information_schema.columns where table_schema = database()
    and table_name = 'jobs' and column_name in ('rescheduled_from_job', 'former_key') having count(*) = 2`,
  columns,
  insert: insertJobs,
  replace: replaceJob,
  look,
  take,
  note: noteProgress,
  settle: settleJobs,
  release: releaseJobs,
  async held(connection, worker) {
    const held =
      "select id, attempts, created_at from jobs force index (jobs_ready) where status = 'processing' and locked_by = ?";
    const { rows } = await connection.query(held, [worker]);
    return rows.map(heldRow);
  },
  readyTypes,
  park,
  unpark,
  notifier: () => ({ isDue: () => true, pushed() {}, close() {} }),
  listener: (connections) => new Polling(connections),
};

/** The queue in MySQL 8 or MariaDB 10.6 or later. */
export function mysqlEngine(location: Extract<DatabaseLocation, { address: string }>): QueueEngine {
  return serverEngine(location, dialect);
}
