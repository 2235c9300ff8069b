import type { Database } from "../../../services/database/sqliteDriver";
import type { Exchange, Held, Settlement } from "../../engine";
import { cronNextOf } from "../cronNext";
import { numbered, statement } from "./connection";
import { isCurrent } from "./jobsTable";
import { insertJob } from "./push";

/**
 * Reads as few values as possible from each JSON element: each takes 4% of SQLite's time for a job. Text instead of
 * JSONB would take another 5%.
 */
const completeMany = `update jobs
  set status = 'completed', completed_at = ?1, result = d.value->>2, locked_by = null, unique_key = null,
    remove_at = ?1 + remove_delay
  from jsonb_each(?2) d
  where jobs.id = d.value->>0 and jobs.locked_by = ?3 and jobs.attempts = ?4
    and jobs.created_at is ?5 + (d.value->>1) and status = 'processing'`;

const owned =
  "where id = ?1 and attempts = ?2 and locked_by = ?3 and created_at is ?4 and status = 'processing'";

const finishOne = {
  current: finishing(", former_key = case when ?5 = 'failed' then unique_key end"),
  before: finishing(""),
};

function finishing(remembering: string): string {
  return `update jobs
  set status = ?5, completed_at = ?6, result = ?7, error = ?8, locked_by = null, unique_key = null,
    remove_at = case when ?5 = 'completed' then ?6 + remove_delay end${remembering} ${owned}`;
}

const retryOne = `update jobs
  set status = ?5, due = ?6, error = ?7, locked_by = null, started_at = null, progress = null ${owned}`;

const releaseOne = `update jobs
  set status = 'pending', locked_by = null, started_at = null, spent = spent + ?5 ${owned}`;

/** Settles within the open transaction. Returns the ids of jobs that the worker no longer held. */
export function settleJobs(
  database: Database,
  worker: string,
  settlements: readonly Settlement[],
  now: number,
): number[] {
  const plain = settlements.filter(isPlain);
  const others = settlements.filter((settlement) => !isPlain(settlement));
  const lost = others.filter((one) => !settleOne(database, worker, one, now)).map(({ id }) => id);
  return [...completePlain(database, worker, plain, now), ...lost];
}

type Plain = Settlement & { state: "completed" };

function isPlain(settlement: Settlement): settlement is Plain {
  return settlement.state === "completed" && settlement.next === undefined && settlement.error === undefined;
}

function completePlain(database: Database, worker: string, plain: readonly Plain[], now: number): number[] {
  if (plain.length === 0) return [];
  const complete = database.transaction(() => {
    for (const [attempt, some] of byAttempt(plain)) {
      const { changes } = statement(database, completeMany).run(completion(worker, attempt, some, now));
      if (changes < some.length) throw new LostJobs();
    }
  });
  try {
    complete();
    return [];
  } catch (error) {
    if (!(error instanceof LostJobs)) throw error;
    // The worker no longer held all of the jobs, which is rare. The changes were rolled back, so settle the jobs one by
    // one to find out which ones were lost.
    return plain.filter((one) => !settleOne(database, worker, one, now)).map(({ id }) => id);
  }
}

/**
 * Groups jobs by attempt, because one statement completes jobs of one attempt. Few jobs are being retried, so usually
 * there is one group.
 */
function byAttempt(plain: readonly Plain[]): Map<number, Plain[]> {
  const groups = new Map<number, Plain[]>();
  for (const one of plain) {
    const group = groups.get(one.attempt);
    if (group === undefined) groups.set(one.attempt, [one]);
    else group.push(one);
  }
  return groups;
}

/** The values of `completeMany`. */
function completion(worker: string, attempt: number, plain: readonly Plain[], now: number) {
  // Write times as differences, because V8 takes three times as long to serialize an array of 13-digit numbers.
  const since = plain[0]?.createdAt ?? 0;
  const done = plain.map(({ id, result, createdAt }) => [
    id,
    createdAt === null ? null : createdAt - since,
    result,
  ]);
  return { 1: now, 2: JSON.stringify(done), 3: worker, 4: attempt, 5: since };
}

class LostJobs extends Error {}

function settleOne(database: Database, worker: string, settlement: Settlement, now: number): boolean {
  const { id, attempt, createdAt, state } = settlement;
  if (state === "retry") {
    const { delay, error } = settlement;
    const status = delay > 0 ? "scheduled" : "pending";
    const values = [id, attempt, worker, createdAt, status, delay > 0 ? now + delay : null, error];
    return statement(database, retryOne).run(numbered(...values)).changes === 1;
  }
  const result = state === "completed" ? settlement.result : null;
  const values = [id, attempt, worker, createdAt, state, now, result, settlement.error ?? null];
  const finish = isCurrent(database) ? finishOne.current : finishOne.before;
  const isHeld = statement(database, finish).run(numbered(...values)).changes === 1;
  if (isHeld && settlement.next !== undefined && !isSucceeded(database, settlement))
    insertJob(database, settlement.next, now);
  return isHeld;
}

const openCron = `select 1 from jobs where user_id is not null and user_id = ? and type = ? and cron is not null
  and status in ('pending', 'scheduled') limit 1`;

function isSucceeded(database: Database, settlement: Settlement): boolean {
  const next = cronNextOf(settlement);
  return next !== undefined && statement(database, openCron).get(next.userId, next.type) !== undefined;
}

/** Returns jobs to the queue. `isCounted` tells whether the claim counts as an attempt. */
export function releaseJobs(
  database: Database,
  worker: string,
  jobs: readonly Held[],
  isCounted = false,
): void {
  const spent = isCounted ? 0 : 1;
  for (const { id, attempt, createdAt } of jobs)
    statement(database, releaseOne).run(numbered(id, attempt, worker, createdAt, spent));
}

export function noteProgress(database: Database, worker: string, progress: Exchange["progress"]): void {
  const update = statement(database, `update jobs set progress = ?5 ${owned}`);
  for (const { id, attempt, createdAt, value } of progress)
    update.run(numbered(id, attempt, worker, createdAt, value));
}
