import type { Exchange, Held, Settlement } from "../../engine";
import { cronNextOf, matchName } from "../cronNext";
import { type Connection, transaction } from "../server/connection";
import { lockMatches, now } from "./driver";
import { insertInto, recordType, toRecord } from "./insert";

// Join the owner instead of comparing it with a constant. `locked_by` is mostly null, so with a constant PostgreSQL
// would expect one match, read the whole table to find it and loop over the batch, at 2,000 jobs per second instead of
// 62,000.
const worker = "array_fill($4::text, array[cardinality($1::bigint[])])";
const owned = (createdAt: string) => `where j.id = d.id and j.attempts = d.attempt and j.locked_by = d.worker
    and j.created_at is not distinct from ${createdAt}`;
/** SQL that finds the jobs in the rows passed by `columnsOf`, if the worker still owns them. */
const fromColumns = `from unnest($1::bigint[], $2::int[], $3::text[], ${worker}, $5::bigint[]) d(id, attempt, value, worker, since)
    ${owned("d.since + $6::bigint")}`;

/** One row: null if the worker held all of the jobs, and otherwise the ids of those that it held. */
const unlessAll =
  "select case when count(*) < cardinality($1::bigint[]) then coalesce(array_agg(id), '{}') end from done";

export const completeMany = `with done as (
    update jobs j
    set status = 'completed', completed_at = ${now}, result = d.value, locked_by = null, unique_key = null,
      remove_at = ${now} + j.remove_delay
    ${fromColumns} returning j.id)
  ${unlessAll}`;

/** A scalar subquery, so that PostgreSQL uses the index instead of reading all open jobs. */
const openCron = `(select o.id from jobs o where o.user_id = n.user_id and o.type = n.type and o.cron is not null
  and o.status in ('pending', 'scheduled') limit 1)`;

/** Settles jobs with any outcome and inserts the jobs that follow them, in one statement. */
export const settleMany = settling(true);
const settleManyBefore = settling(false);

function settling(isCurrent: boolean): string {
  const remembering = isCurrent ? ", former_key = case when d.state = 'failed' then j.unique_key end" : "";
  return `with d as materialized (
    select * from json_to_recordset($2::json) d(id bigint, attempt int, "createdAt" bigint, worker text, state text, result text,
      error text, delay bigint, next json)),
  done as (
    update jobs j set locked_by = null, result = d.result, error = d.error,
      status = case when d.state <> 'retry' then d.state when d.delay > 0 then 'scheduled' else 'pending' end,
      due = case when d.state <> 'retry' then j.due when d.delay > 0 then ${now} + d.delay end,
      completed_at = case when d.state <> 'retry' then ${now} end,
      started_at = case when d.state <> 'retry' then j.started_at end,
      progress = case when d.state <> 'retry' then j.progress end,
      unique_key = case when d.state = 'retry' then j.unique_key end,
      remove_at = case when d.state = 'completed' then ${now} + j.remove_delay end${remembering}
    from d ${owned('d."createdAt"')} returning j.id),
  added as (${insertInto(isCurrent)} from d join done on done.id = d.id cross join lateral json_to_record(d.next) n${recordType}
    where d.next is not null and (n.cron is null or n.user_id is null or ${openCron} is null))
  ${unlessAll}`;
}

const releaseMany = `update jobs j set status = 'pending', locked_by = null, started_at = null, spent = j.spent + 1
  ${fromColumns}`;

const noteMany = `update jobs j set progress = d.value
  ${fromColumns}`;

export async function settleJobs(
  connection: Connection,
  id: string,
  settlements: readonly Settlement[],
): Promise<number[]> {
  const nexts = settlements.map(cronNextOf).filter((next) => next !== undefined);
  if (nexts.length === 0) return settleAll(connection, id, settlements);
  return transaction(connection, async () => {
    await connection.query(lockMatches, [nexts.map(matchName)]);
    const cron = settlements.filter(cronNextOf);
    const others = settlements.filter((one) => !cronNextOf(one));
    const lost = others.length === 0 ? [] : await settleAll(connection, id, others);
    // Settle one at a time, because each settlement must see the jobs that the previous one queued.
    for (const one of cron) lost.push(...(await settleAll(connection, id, [one])));
    return lost;
  });
}

async function settleAll(
  connection: Connection,
  id: string,
  settlements: readonly Settlement[],
): Promise<number[]> {
  const { rows } = settlements.every(isPlain)
    ? await connection.query(
        completeMany,
        columnsOf(settlements, ({ result }) => result, id),
      )
    : await connection.query((await connection.isCurrent()) ? settleMany : settleManyBefore, [
        idsOf(settlements),
        recordsOf(settlements, id),
      ]);
  const settled = rows[0]?.[0] as unknown[] | null;
  if (settled === null) return [];
  const ours = new Set(settled.map(Number));
  return settlements.filter((one) => !ours.has(one.id)).map((one) => one.id);
}

type Plain = Settlement & { state: "completed" };

function isPlain(settlement: Settlement): settlement is Plain {
  return settlement.state === "completed" && settlement.next === undefined && settlement.error === undefined;
}

function recordsOf(settlements: readonly Settlement[], worker: string): string {
  const toNext = (settlement: Settlement) =>
    "next" in settlement && settlement.next !== undefined ? toRecord(settlement.next) : undefined;
  return JSON.stringify(settlements.map((one) => ({ ...one, worker, next: toNext(one) })));
}

export async function releaseJobs(
  connection: Connection,
  worker: string,
  jobs: readonly Held[],
): Promise<void> {
  await connection.query(
    releaseMany,
    columnsOf(jobs, () => null, worker),
  );
}

export async function noteProgress(
  connection: Connection,
  worker: string,
  progress: Exchange["progress"],
): Promise<void> {
  await connection.query(
    noteMany,
    columnsOf(progress, ({ value }) => value, worker),
  );
}

function columnsOf<T extends Held>(
  rows: readonly T[],
  text: (row: T) => string | null,
  worker: string,
): unknown[] {
  const since = rows[0]?.createdAt ?? 0;
  return [
    idsOf(rows),
    `{${rows.map(({ attempt }) => attempt).join(",")}}`,
    textArray(rows.map(text)),
    worker,
    // Send times as differences from the first one, because V8 takes eight times as long to format 13-digit numbers.
    `{${rows.map(({ createdAt }) => (createdAt === null ? "null" : createdAt - since)).join(",")}}`,
    since,
  ];
}

function idsOf(rows: readonly Held[]): string {
  return `{${rows.map(({ id }) => id).join(",")}}`;
}

/** Formats an array as pg does, four times as fast. */
function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? "null" : quoted(value))).join(",")}}`;
}

function quoted(text: string): string {
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : `"${text}"`;
}
