import type { NewJob, Pushed } from "../../engine";
import type { Connection } from "../server/connection";
import type { Connections } from "../server/connections";
import type { Notifier } from "../server/dialect";
import { now, schemaSuffix } from "./driver";

/** The channel that announces new jobs, as SQL. */
export const channel = `'laju_queue' || ${schemaSuffix}`;

/** A job as a record for json_to_recordset. Missing fields are null. */
export const recordType = `(type text, user_id int, data text, sort_order int, at bigint, wait bigint, unique_key text,
  cron text, timezone text, reschedule_delay bigint, remove_delay bigint, rescheduled_from_job bigint,
  retry_policy text)`;

/**
 * SQL that inserts the records named n. For one release, it also writes `rescheduled_from`, because workers of the
 * previous release read that column.
 */
export function insertInto(isCurrent: boolean): string {
  const [columns, values] = isCurrent
    ? [", rescheduled_from_job, retry_policy", ", n.rescheduled_from_job, n.retry_policy"]
    : ["", ""];
  return `insert into jobs (type, user_id, data, status, sort_order, due, created_at, unique_key, cron,
    timezone, reschedule_delay, remove_delay, rescheduled_from${columns})
  select n.type, n.user_id, n.data,
    case when coalesce(n.at, ${now} + n.wait) > ${now} then 'scheduled' else 'pending' end,
    n.sort_order, coalesce(n.at, ${now} + n.wait), ${now}, n.unique_key, n.cron, n.timezone,
    n.reschedule_delay, n.remove_delay, n.rescheduled_from_job${values}`;
}

const inserts = { current: insertsFor(true), before: insertsFor(false) };

function insertsFor(isCurrent: boolean) {
  const silent = `${insertInto(isCurrent)} from json_to_recordset($1::json) n${recordType}
  on conflict (unique_key) where unique_key is not null do nothing returning id`;
  // Notifies when the transaction commits, without another round trip.
  const notifying = `with added as (${silent})
  select added.id from added, (select pg_notify(${channel}, '')) told`;
  return { silent, notifying };
}

const openWithKey = "select id from jobs where unique_key = $1";

/** Inserts several jobs without unique keys, or one job with or without one. */
export async function insertJobs(
  connection: Connection,
  jobs: readonly NewJob[],
  notifies: boolean,
): Promise<Pushed[]> {
  const records = JSON.stringify(jobs.map(toRecord));
  const insert = (await connection.isCurrent()) ? inserts.current : inserts.before;
  const { rows } = await connection.query(notifies ? insert.notifying : insert.silent, [records]);
  // Rows get their ids one by one, in the order of the array.
  if (rows.length === jobs.length)
    return rows
      .map(idOf)
      .sort(ascending)
      .map((id) => ({ id, isNew: true }));
  const { rows: open } = await connection.query(openWithKey, [jobs[0].uniqueKey]);
  // The other job has ended in the meantime, so the key is free.
  if (open.length === 0) return insertJobs(connection, jobs, notifies);
  return [{ id: idOf(open[0]), isNew: false }];
}

function idOf([id]: unknown[]): number {
  return Number(id);
}

function ascending(a: number, b: number): number {
  return a - b;
}

export function toRecord(job: NewJob): object {
  const { when, cron } = job;
  return {
    type: job.type,
    user_id: job.userId,
    data: job.data,
    sort_order: -job.priority || 0,
    ...(when !== undefined && ("at" in when ? { at: when.at } : { wait: when.in })),
    unique_key: job.uniqueKey,
    cron: cron?.expression,
    timezone: cron?.timezone,
    reschedule_delay: job.rescheduleDelay,
    remove_delay: job.removeDelay,
    rescheduled_from_job: job.rescheduledFromJob,
    retry_policy: job.retryPolicy,
  };
}

/**
 * The shortest time between two notifications by this process, in milliseconds. The first one is immediate. PostgreSQL
 * commits transactions that notify one at a time: 32 concurrent single inserts reached 12,000 per second without
 * notifications, and 4,700 with one notification each.
 */
const pause = 8;

export function postgresNotifier(connections: Connections): Notifier {
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const send = () => {
    timer = undefined;
    last = performance.now();
    const notice = connections.use((connection) => connection.query(`select pg_notify(${channel}, '')`));
    // Workers also poll, so they find the jobs even without a notification.
    notice.catch(() => {});
  };
  return {
    isDue() {
      if (timer !== undefined || performance.now() - last < pause) return false;
      last = performance.now();
      return true;
    },
    pushed() {
      timer ??= setTimeout(send, Math.max(0, last + pause - performance.now()));
    },
    close: () => clearTimeout(timer),
  };
}
