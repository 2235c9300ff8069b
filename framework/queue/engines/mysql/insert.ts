import type { NewJob, Pushed, Replaced } from "../../engine";
import { matchName } from "../cronNext";
import { endKey, newColumns, newPlaceholders, newValues } from "../jobColumns";
import { portionsOf } from "../portions";
import type { Connection } from "../server/connection";

/**
 * The server's clock. unix_timestamp(now()) would be ambiguous in the hour that repeats when clocks go back.
 */
export const now = "(timestampdiff(microsecond, '1970-01-01 00:00:00', utc_timestamp(3)) div 1000)";

const inserts = { current: insertsInto(true), before: insertsInto(false) };

function insertsInto(isCurrent: boolean) {
  const common = newPlaceholders(isCurrent);
  return {
    isCurrent,
    into: `insert into jobs (${newColumns(isCurrent)}, status, due, created_at) values `,
    atOnce: `(${common}, 'pending', null, ${now})`,
    later: `(${common}, if(? > ${now}, 'scheduled', 'pending'), ?, ${now})`,
    delayed: `(${common}, if(? > 0, 'scheduled', 'pending'), ${now} + ?, ${now})`,
  };
}

/** The maximum number of jobs in one statement. Larger statements are not faster. */
const portion = 500;

/** Inserts several jobs without unique keys, or one job with or without one. */
export async function insertJobs(connection: Connection, jobs: readonly NewJob[]): Promise<Pushed[]> {
  const pushed: Pushed[] = [];
  for (const some of portionsOf(jobs, portion)) pushed.push(...(await insertPortion(connection, some)));
  return pushed;
}

async function insertPortion(connection: Connection, jobs: readonly NewJob[]): Promise<Pushed[]> {
  const { isCurrent, into, atOnce, later, delayed } = (await connection.isCurrent())
    ? inserts.current
    : inserts.before;
  const sql =
    into + jobs.map(({ when }) => (when === undefined ? atOnce : "at" in when ? later : delayed)).join();
  const values = jobs.flatMap((job) => valuesOf(job, isCurrent));
  try {
    const { firstId = 0 } = await connection.query(sql, values);
    // An insert with a known number of rows reserves all of its ids at once, so they are evenly spaced: by 1, except in
    // a cluster.
    const step = jobs.length === 1 ? 1 : await stepOf(connection);
    return jobs.map((_, index) => ({ id: firstId + index * step, isNew: true }));
  } catch (error) {
    if (error.code !== "ER_DUP_ENTRY" || jobs.length > 1 || jobs[0].uniqueKey === undefined) throw error;
    return existing(connection, jobs[0]);
  }
}

const steps = new WeakMap<Connection, number>();

async function stepOf(connection: Connection): Promise<number> {
  let step = steps.get(connection);
  if (step === undefined) {
    step = Number((await connection.query("select @@session.auto_increment_increment")).rows[0][0]);
    steps.set(connection, step);
  }
  return step;
}

/**
 * Finds the job with the same key. Reads it with a lock, because otherwise a transaction that began earlier would not
 * see the row.
 */
async function existing(connection: Connection, job: NewJob): Promise<Pushed[]> {
  const open = "select id from jobs where unique_key = ? lock in share mode";
  const { rows } = await connection.query(open, [job.uniqueKey]);
  // The other job has ended in the meantime, so the key is free.
  return rows.length === 0 ? insertJobs(connection, [job]) : [{ id: Number(rows[0][0]), isNew: false }];
}

function valuesOf(job: NewJob, isCurrent: boolean): unknown[] {
  const { when } = job;
  const moment = when === undefined ? undefined : "at" in when ? when.at : when.in;
  return [...newValues(job, isCurrent), ...(moment === undefined ? [] : [moment, moment])];
}

const matching = "user_id = ? and type = ? and (cron is null) = ? and id <> ?";
const openOnes = `select id from jobs where ${matching} and status in ('pending', 'scheduled', 'parked') for update`;
const staleOnes = `select id from jobs where ${matching} and status = 'processing' and started_at < ${now} - ? for update`;
const cancelling = (isCurrent: boolean) => `update jobs
  set status = 'cancelled', completed_at = ${now}, locked_by = null, ${endKey(isCurrent)}, successor = ?
  where id in (?)`;

/**
 * Inserts the job and cancels the jobs that it replaces, within the open transaction. Concurrent calls for the same
 * user run one after the other.
 */
export async function replaceJob(connection: Connection, job: NewJob, staleMs: number): Promise<Replaced> {
  await lockNames(connection, [matchName(job)]);
  const [{ id }] = await insertJobs(connection, [job]);
  if (job.userId === null) return { id, cancelled: [] };
  const match = [job.userId, job.type, job.cron === undefined, id];
  const open = await connection.query(openOnes, match);
  const stale = await connection.query(staleOnes, [...match, staleMs]);
  const cancelled = [...open.rows, ...stale.rows].map(([each]) => Number(each)).sort((a, b) => a - b);
  if (cancelled.length > 0) await connection.query(cancelling(await connection.isCurrent()), [id, cancelled]);
  return { id, cancelled };
}

const lockRows = `select id from queue_locks where id in (?) order by id for update`;

/**
 * Locks these names until the end of the transaction. Each name is mapped to a row of a small table. MySQL's own named
 * locks belong to the session, so the end of an app's transaction would not release them.
 */
export async function lockNames(connection: Connection, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await connection.query(lockRows, [[...new Set(names.map(lockOf))].sort((a, b) => a - b)]);
}

/** The number of rows in queue_locks. */
const locks = 64;

function lockOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return hash % locks;
}
