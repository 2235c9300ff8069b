import type { RunResult, Statement } from "better-sqlite3";
import { sqliteFile } from "./database/databaseLocation";
import { withMigrationHint } from "./database/sqlErrors";
import { type Database, openSqlite } from "./database/sqliteDriver";

// biome-ignore lint/suspicious/noExplicitAny: scripts written for Laju read rows of no declared type.
type Row = any;
/** Values for `?` in order, or an object for `@name`, `:name` and `$name`. */
type Params = readonly unknown[] | Record<string, unknown> | string | number | bigint | boolean | Date | null;

export interface SqliteService {
  /** The first row, or undefined. */
  get(sql: string, params?: Params): Row;
  all(sql: string, params?: Params): Row[];
  run(sql: string, params?: Params): RunResult;
  /**
   * Runs `work` in a transaction that takes the write lock when it begins, so that it can't fail halfway with
   * SQLITE_BUSY.
   */
  transaction<T>(work: (db: SqliteService) => T): T;
  prepare(sql: string): Statement<unknown[], Row>;
  /** The underlying better-sqlite3 database. */
  getDatabase(): Database;
}

/** Synchronous SQLite without a query builder, on the same file as DB. */
const SQLite: SqliteService = {
  get: (sql, params = []) => statement(sql).get(...bound(sql, params)),
  all: (sql, params = []) => statement(sql).all(...bound(sql, params)),
  run: (sql, params = []) => statement(sql).run(...bound(sql, params)),
  transaction: (work) =>
    getDatabase()
      .transaction(() => work(SQLite))
      .immediate(),
  prepare: (sql) => prepare(getDatabase(), sql),
  getDatabase,
};
export default SQLite;

let database: Database | undefined;
const statements = new Map<string, Statement<unknown[], Row>>();
const statementLimit = 200;

function getDatabase(): Database {
  if (database?.open) return database;
  statements.clear();
  database = openSqlite(sqliteFile());
  return database;
}

function statement(sql: string): Statement<unknown[], Row> {
  const open = getDatabase();
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const prepared = prepare(open, sql);
  if (statements.size >= statementLimit) statements.clear();
  statements.set(sql, prepared);
  return prepared;
}

function prepare(open: Database, sql: string): Statement<unknown[], Row> {
  try {
    return open.prepare(sql);
  } catch (error) {
    throw withMigrationHint(error);
  }
}

/** Binds as DB does: booleans as 0 and 1, dates as milliseconds, undefined as null. */
function bound(sql: string, params: Params): unknown[] {
  if (Array.isArray(params)) return params.map(boundValue);
  if (!isNamed(params)) return [boundValue(params)];
  const entries = Object.entries(params).map(([name, value]) => [name, boundValue(value)] as const);
  const isByName = entries.some(([name]) => new RegExp(`[@:$]${name}\\b`).test(sql));
  // As in Laju, the values of an object also bind to `?`, in their order.
  return isByName ? [Object.fromEntries(entries)] : entries.map(([, value]) => value);
}

function isNamed(params: Params): params is Record<string, unknown> {
  return (
    typeof params === "object" && params !== null && !(params instanceof Date) && !Buffer.isBuffer(params)
  );
}

function boundValue(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  if (value instanceof Date) return value.getTime();
  return value === undefined ? null : value;
}
