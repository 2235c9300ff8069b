import type { Statement } from "better-sqlite3";
import type { Knex } from "knex";
import { LajuError } from "../../../config/errors";
import { type Database, openSqlite } from "../../../services/database/sqliteDriver";
import { connectionOf } from "../../transaction";

/** Opens a handle for the queue alone, so that neither the app nor the queue waits for the other's transactions. */
export function openQueueFile(file: string, mustExist: boolean): Database {
  if (file === ":memory:") {
    throw new LajuError("an in-memory database cannot hold a queue: no other process would see it", {
      code: "E_QUEUE_ENGINE",
      hint: "Set DATABASE_URL to a file.",
    });
  }
  const database = openSqlite(file, { mustExist });
  // Turn off SQLite's own waiting, which blocks the process and is unfair. `withLock` waits instead.
  database.pragma("busy_timeout = 0");
  // The cache's maximum size in KiB: large enough that a claimed batch is still cached when it is completed.
  database.pragma("cache_size = -16384");
  return database;
}

/** The handle behind one of the app's transactions. */
export async function handleOf(trx: Knex.Transaction): Promise<Database> {
  return (await connectionOf(trx)) as Database;
}

const prepared = new WeakMap<Database, Map<string, Statement<unknown[], unknown>>>();

/** Prepares a statement, once per handle. */
export function statement<Row = unknown>(database: Database, sql: string): Statement<unknown[], Row> {
  let known = prepared.get(database);
  if (known === undefined) {
    known = new Map();
    prepared.set(database, known);
  }
  let found = known.get(sql);
  if (found === undefined) {
    found = database.prepare(sql);
    known.set(sql, found);
  }
  return found as Statement<unknown[], Row>;
}

/**
 * Numbers values for ?1, ?2, …, so that a statement can use a value several times. better-sqlite3 takes such values by
 * name.
 */
export function numbered(...values: unknown[]): Record<number, unknown> {
  return Object.fromEntries(values.map((value, index) => [index + 1, value]));
}

/** A query's rows as arrays, which take half as long to create as objects. */
export function rowsOf(database: Database, sql: string, ...params: unknown[]): unknown[][] {
  const raw = statement<unknown[]>(database, sql);
  if (!raw.reader) throw new TypeError("not a query");
  return raw.raw(true).all(...params);
}

/** How long to wait for the lock at most, in milliseconds. */
const patience = 30_000;

/**
 * Runs `work` in a transaction that takes the write lock when it begins. While another process has the lock, this
 * retries every millisecond without blocking the event loop.
 */
export async function withLock<T>(database: Database, work: () => T, onWait?: () => void): Promise<T> {
  const giveUpAt = Date.now() + patience;
  for (;;) {
    try {
      return inTransaction(database, work);
    } catch (error) {
      if (!isBusy(error) || Date.now() > giveUpAt) throw described(error);
    }
    onWait?.();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/**
 * Like better-sqlite3's `transaction(work).immediate()`, but without the six functions that it creates and looks up on
 * each call.
 */
function inTransaction<T>(database: Database, work: () => T): T {
  statement(database, "begin immediate").run();
  try {
    const done = work();
    statement(database, "commit").run();
    return done;
  } catch (error) {
    if (database.inTransaction) statement(database, "rollback").run();
    throw error;
  }
}

/**
 * Runs work that doesn't need `withLock`: a query, or part of the app's own transaction. Adds a hint to the error if a
 * table is missing.
 */
export function reading<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw described(error);
  }
}

function isBusy(error: { code?: string }): boolean {
  return error.code?.startsWith("SQLITE_BUSY") ?? false;
}

function described(error: Error): Error {
  if (!/no such (table: (jobs|queue_)|column)/.test(error.message)) return error;
  return new LajuError(`the queue's tables do not exist (${error.message})`, {
    code: "E_QUEUE_TABLE",
    hint: "Run node laju migrate.",
    cause: error,
  });
}
