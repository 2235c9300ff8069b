import type { Database } from "../../../services/database/sqliteDriver";
import type { NewJob, Pushed, Replaced } from "../../engine";
import { endKey, newColumns, newPlaceholders, newValues } from "../jobColumns";
import { portionsOf } from "../portions";
import { numbered, rowsOf, statement } from "./connection";
import { isCurrent } from "./jobsTable";

const inserts = { current: insertsInto(true), before: insertsInto(false) };

function insertsInto(isCurrent: boolean) {
  const columns = `${newColumns(isCurrent)}, status, due, created_at`;
  const values = `${newPlaceholders(isCurrent)}, ?, ?, ?`;
  const fields = values.split(", ").map((_, index) => `value->>${index}`);
  return {
    isCurrent,
    one: `insert into jobs (${columns}) values (${values})
      on conflict (unique_key) where unique_key is not null do nothing`,
    many: `insert into jobs (${columns}) select ${fields.join(", ")} from json_each(?)`,
  };
}

function insertsFor(database: Database) {
  return isCurrent(database) ? inserts.current : inserts.before;
}

/** Inserts within the transaction that is open, if any. */
export function insertJobs(database: Database, jobs: readonly NewJob[], now: number): Pushed[] {
  if (jobs.length < 4 || jobs.some(({ uniqueKey }) => uniqueKey !== undefined)) {
    return jobs.map((job) => insertJob(database, job, now));
  }
  return portionsOf(jobs).flatMap((some) => insertPortion(database, some, now));
}

function insertPortion(database: Database, jobs: readonly NewJob[], now: number): Pushed[] {
  const insert = insertsFor(database);
  const rows = JSON.stringify(jobs.map((job) => valuesOf(job, now, insert.isCurrent)));
  const { lastInsertRowid } = statement(database, insert.many).run(rows);
  // A single statement under the write lock inserted all rows, so their ids are consecutive.
  const first = Number(lastInsertRowid) - jobs.length + 1;
  return jobs.map((_, index) => ({ id: first + index, isNew: true }));
}

export function insertJob(database: Database, job: NewJob, now: number): Pushed {
  const insert = insertsFor(database);
  const values = valuesOf(job, now, insert.isCurrent);
  const { changes, lastInsertRowid } = statement(database, insert.one).run(...values);
  if (changes === 1) return { id: Number(lastInsertRowid), isNew: true };
  const [[id]] = rowsOf(database, "select id from jobs where unique_key = ?", job.uniqueKey);
  return { id: Number(id), isNew: false };
}

function valuesOf(job: NewJob, now: number, isCurrent: boolean): unknown[] {
  const { when } = job;
  const due = when === undefined ? null : "at" in when ? when.at : now + when.in;
  return [...newValues(job, isCurrent), due !== null && due > now ? "scheduled" : "pending", due, now];
}

const cancelMatching = (isCurrent: boolean) => `update jobs
  set status = 'cancelled', completed_at = ?1, locked_by = null, ${endKey(isCurrent)}, successor = ?2
  where user_id is not null and user_id = ?3 and type = ?4 and (cron is null) = ?5 and id <> ?2 and `;

const openOnes = "status in ('pending', 'scheduled') returning id";
const parkedOnes = "status = 'parked' returning id";
const staleOnes = "status = 'processing' and started_at < ?6 returning id";

/** Inserts a job and cancels the jobs that it replaces. */
export function replaceJob(database: Database, job: NewJob, staleMs: number, now: number): Replaced {
  const { id } = insertJob(database, job, now);
  const match = [now, id, job.userId, job.type, job.cron === undefined ? 1 : 0];
  const cancelling = cancelMatching(isCurrent(database));
  const cancelled = [
    ...rowsOf(database, cancelling + openOnes, numbered(...match)),
    ...rowsOf(database, cancelling + parkedOnes, numbered(...match)),
    ...rowsOf(database, cancelling + staleOnes, numbered(...match, now - staleMs)),
  ];
  return { id, cancelled: cancelled.map(([each]) => Number(each)).sort((a, b) => a - b) };
}
