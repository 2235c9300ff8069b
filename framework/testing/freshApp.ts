import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { forgetSettings, paths } from "../config/config";
import { closeQueue } from "../queue/engines/select";
import DB from "../services/DB";
import { databaseLocation } from "../services/database/databaseLocation";
import SQLite from "../services/SQLite";
import { restoreClock } from "./clock";
import { mysqlTests } from "./database/mysql";
import { postgresDatabases } from "./database/postgresDatabases";
import { postgresSchemas } from "./database/postgresSchemas";
import { sqliteTests } from "./database/sqlite";
import { nameSchemas } from "./database/templateName";
import type { TestDatabase } from "./database/testDatabase";
import { refuseOpenRuns } from "./openRuns";

let database: TestDatabase;
/** How long to wait for a transaction that the previous test left open, in milliseconds. */
const patience = 500;

/** Sets this process's database before any code opens one. Child processes use the same database. */
export function prepareDatabase(): void {
  database = chosenDatabase();
  process.env.DATABASE_URL = database.url;
  process.env.TEST_DATABASE_URL = database.url;
  forgetSettings();
}

function chosenDatabase(): TestDatabase {
  const place = databaseLocation();
  if (place.engine === "pg") return nameSchemas() ? postgresDatabases(place.url) : postgresSchemas(place.url);
  if (place.engine === "mysql2") return mysqlTests(place.url);
  return sqliteTests(join(paths.data, isOwnFolder() ? "test.sqlite3" : `test-${Math.random()}.sqlite3`));
}

/** Whether the data folder was created by this process rather than by its parent. */
function isOwnFolder(): boolean {
  return isMainThread && basename(paths.data).startsWith(`${process.pid}-`);
}

/**
 * Gives the next test a clean start: an empty, migrated database, no mails, no files, and a running clock. Under vitest
 * and node:test this is called before each test. With another test runner, tests have to call it.
 */
export async function freshApp(context?: unknown): Promise<void> {
  if (!isConcurrent(context)) await refuseOpenRuns();
  restoreClock();
  await closeAll();
  if (isOwnFolder()) emptyFolder();
  await database.fresh();
  reopen();
}

/** Fails the test that has just ended if it didn't wait for its commands and jobs. */
export async function endTest(context?: unknown): Promise<void> {
  if (!isConcurrent(context)) await refuseOpenRuns();
}

/** Whether vitest runs this test at the same time as others, whose commands may still be running. */
function isConcurrent(context: unknown): boolean {
  return (context as { task?: { concurrent?: boolean } } | undefined)?.task?.concurrent === true;
}

/** Closes the connections that tests opened, and removes their database. */
export async function removeApp(): Promise<void> {
  restoreClock();
  try {
    await refuseOpenRuns();
  } finally {
    await closeAll();
    await database.remove();
  }
}

let isUsed = false;

async function closeAll(): Promise<void> {
  if (!isUsed) return;
  await closeQueue();
  if (databaseLocation().engine === "sqlite") SQLite.getDatabase().close();
  const open = [DB, ...otherStages().map((stage) => DB.connection(stage))];
  const closing = Promise.all(open.map((one) => one.destroy()));
  await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, patience).unref())]);
}

/** The names under which tests may have opened databases with `DB.connection(name)`. */
function otherStages(): string[] {
  const names = namesIn(paths.data).flatMap((name) => /^([\w-]+)\.sqlite3$/.exec(name)?.[1] ?? []);
  return names.map((name) => (name === "dev" ? "development" : name));
}

/**
 * Opens the new database instead of the previous one. Does nothing the first time, because a test without a database
 * must not load its driver.
 */
function reopen(): void {
  if (isUsed) {
    // Replace the connection pool, which still belongs to the previous file or database.
    DB.client.pool = undefined;
    DB.initialize();
  }
  isUsed = true;
}

/** Reopens the app's database if the code under test has closed it. */
export function reopenIfClosed(): void {
  if (DB.client.pool === undefined) DB.initialize();
}

function emptyFolder(): void {
  for (const name of namesIn(paths.data)) rmSync(join(paths.data, name), { recursive: true, force: true });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // The data folder doesn't exist yet.
  }
}
