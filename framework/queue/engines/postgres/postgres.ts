import type { DatabaseLocation } from "../../../services/database/databaseLocation";
import type { QueueEngine } from "../../engine";
import { heldRow } from "../claimedJob";
import type { ServerDialect } from "../server/dialect";
import { serverEngine } from "../server/server";
import { columns, look, take } from "./claim";
import { now, postgresDriver } from "./driver";
import { insertJobs, postgresNotifier } from "./insert";
import { park, readyTypes, unpark } from "./parking";
import { replaceJob } from "./replace";
import { Session } from "./session";
import { noteProgress, releaseJobs, settleJobs } from "./settle";

const dialect: ServerDialect = {
  name: "postgres",
  pollMs: 2000,
  driver: postgresDriver,
  now,
  isCurrentSql: `select 1 from pg_attribute where attrelid = to_regclass('jobs')
    and attname in ('rescheduled_from_job', 'former_key') and not attisdropped having count(*) = 2`,
  columns,
  insert: insertJobs,
  replace: replaceJob,
  look,
  take,
  note: noteProgress,
  settle: settleJobs,
  release: releaseJobs,
  async held(connection, worker) {
    const held = "select id, attempts, created_at from jobs where status = 'processing' and locked_by = $1";
    const { rows } = await connection.query(held, [worker]);
    return rows.map(heldRow);
  },
  readyTypes,
  park,
  unpark,
  notifier: postgresNotifier,
  listener: (connections) => new Session(connections),
};

/** The queue in PostgreSQL. */
export function postgresEngine(location: Extract<DatabaseLocation, { address: string }>): QueueEngine {
  return serverEngine(location, dialect);
}
