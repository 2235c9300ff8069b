import type { Exchange, Held, NewJob, Settlement } from "../../engine";
import { cronNextOf, matchName } from "../cronNext";
import { type Connection, transaction } from "../server/connection";
import { insertJobs, lockNames, now } from "./insert";

// The batch is the first table of the join, so that MySQL finds rows by primary key whatever its statistics say.
const completeMany = `update json_table(?, '$[*]' columns (
      id bigint path '$[0]', attempt int path '$[1]', result longtext path '$[2]', since bigint path '$[3]')) d
    straight_join jobs j on j.id = d.id
  set j.status = 'completed', j.completed_at = ${now}, j.result = d.result, j.locked_by = null, j.unique_key = null,
    j.remove_at = ${now} + j.remove_delay
  where j.attempts = d.attempt and j.created_at <=> d.since + ? and j.locked_by = ?`;

const owned =
  "where id = ? and attempts = ? and created_at <=> ? and locked_by = ? and status = 'processing'";

const finishOne = {
  current: finishing("former_key = if(status = 'failed', unique_key, null),"),
  before: finishing(""),
};

/**
 * SQL that ends a job. MySQL assigns from left to right, so `status` already has its new value in the later
 * assignments.
 */
function finishing(remembering: string): string {
  return `update jobs
  set status = ?, completed_at = ${now}, result = ?, error = ?, locked_by = null, ${remembering} unique_key = null,
    remove_at = if(? = 'completed', ${now} + remove_delay, null) ${owned}`;
}

const retryOne = `update jobs
  set status = if(? > 0, 'scheduled', 'pending'), due = if(? > 0, ${now} + ?, null), error = ?, locked_by = null,
    started_at = null, progress = null ${owned}`;

const releaseOne = `update jobs
  set status = 'pending', locked_by = null, started_at = null, spent = spent + 1 ${owned}`;

export async function settleJobs(
  connection: Connection,
  worker: string,
  settlements: readonly Settlement[],
): Promise<number[]> {
  // A single settlement needs no JSON table, which would double the memory for a large result.
  if (settlements.length > 1 && settlements.every(isPlain)) {
    const isDone = await completeAll(connection, worker, settlements);
    if (isDone) return [];
  }
  return transaction(connection, async () => {
    const cron = settlements.map(cronNextOf).filter((next) => next !== undefined);
    // Lock the names, because otherwise this transaction and `replaceJob` would not see each other's uncommitted rows.
    await lockNames(connection, cron.map(matchName));
    const lost: number[] = [];
    for (const one of settlements) if (!(await settleOne(connection, worker, one))) lost.push(one.id);
    return lost;
  });
}

type Plain = Settlement & { state: "completed" };

function isPlain(settlement: Settlement): settlement is Plain {
  return settlement.state === "completed" && settlement.next === undefined && settlement.error === undefined;
}

/**
 * Completes all jobs in one statement. Rolls back if the worker no longer holds some of them; the caller then settles
 * them one by one to find out which.
 */
async function completeAll(
  connection: Connection,
  worker: string,
  plain: readonly Plain[],
): Promise<boolean> {
  // Send times as differences from the first one, because V8 takes three times as long to serialize an array of 13-digit numbers.
  const first = plain[0]?.createdAt ?? 0;
  const rows = JSON.stringify(
    plain.map(({ id, attempt, result, createdAt }) => [
      id,
      attempt,
      result,
      createdAt === null ? null : createdAt - first,
    ]),
  );
  try {
    await transaction(connection, async () => {
      const { count } = await connection.query(completeMany, [rows, first, worker]);
      if (count < plain.length) throw new LostJobs();
    });
    return true;
  } catch (error) {
    if (error instanceof LostJobs) return false;
    throw error;
  }
}

class LostJobs extends Error {}

async function settleOne(connection: Connection, worker: string, settlement: Settlement): Promise<boolean> {
  const { id, attempt, createdAt, state } = settlement;
  const who = [id, attempt, createdAt, worker];
  if (state === "retry") {
    const { delay, error } = settlement;
    return (await connection.query(retryOne, [delay, delay, delay, error, ...who])).count === 1;
  }
  const result = state === "completed" ? settlement.result : null;
  const values = [state, result, settlement.error ?? null, state, ...who];
  const isHeld =
    (await connection.query((await connection.isCurrent()) ? finishOne.current : finishOne.before, values))
      .count === 1;
  if (isHeld && settlement.next !== undefined && !(await isSucceeded(connection, settlement)))
    await insertJobs(connection, [await fromItsEnd(connection, id, settlement.next)]);
  return isHeld;
}

/** Makes the next job's delay count from this job's recorded end, because the next job is inserted a little later. */
async function fromItsEnd(connection: Connection, id: number, next: NewJob): Promise<NewJob> {
  const { when } = next;
  if (when === undefined || "at" in when) return next;
  const [[end]] = (await connection.query("select completed_at from jobs where id = ?", [id])).rows;
  return { ...next, when: { at: Number(end) + when.in } };
}

const openCron = `select 1 from jobs where user_id = ? and type = ? and cron is not null
  and status in ('pending', 'scheduled') limit 1`;

async function isSucceeded(connection: Connection, settlement: Settlement): Promise<boolean> {
  const next = cronNextOf(settlement);
  if (next === undefined) return false;
  return (await connection.query(openCron, [next.userId, next.type])).rows.length > 0;
}

export async function releaseJobs(
  connection: Connection,
  worker: string,
  jobs: readonly Held[],
): Promise<void> {
  await transaction(connection, async () => {
    for (const { id, attempt, createdAt } of jobs)
      await connection.query(releaseOne, [id, attempt, createdAt, worker]);
  });
}

export async function noteProgress(
  connection: Connection,
  worker: string,
  progress: Exchange["progress"],
): Promise<void> {
  const update = `update jobs set progress = ? ${owned}`;
  for (const { id, attempt, createdAt, value } of progress)
    await connection.query(update, [value, id, attempt, createdAt, worker]);
}
