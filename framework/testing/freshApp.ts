import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { forgetSettings, paths } from "../config/config";
import { closeQueue } from "../queue/engines/select";
import DB from "../services/DB";
import { databasePlace } from "../services/database/databasePlace";
import SQLite from "../services/SQLite";
import { restoreClock } from "./clock";
import { mysqlTests } from "./database/mysql";
import { postgresTests } from "./database/postgres";
import { sqliteTests } from "./database/sqlite";
import type { TestDatabase } from "./database/testDatabase";
import { endScripts } from "./script/runScript";

let database: TestDatabase;
/** How long (ms) a transaction that the last test left open is waited for. */
const patience = 500;

/** Chooses this process's database before anything opens one. What the process starts uses it as well. */
export function prepareDatabase(): void {
  database = chosenDatabase();
  process.env.DATABASE_URL = database.url;
  process.env.TEST_DATABASE_URL = database.url;
  forgetSettings();
}

function chosenDatabase(): TestDatabase {
  const place = databasePlace();
  if (place.engine === "pg") return postgresTests(place.url);
  if (place.engine === "mysql2") return mysqlTests(place.url);
  return sqliteTests(join(paths.data, isOwnFolder() ? "test.sqlite3" : `test-${Math.random()}.sqlite3`));
}

/** The folder may be that of the process that started this one, which has others like it. */
function isOwnFolder(): boolean {
  return isMainThread && basename(paths.data).startsWith(`${process.pid}-`);
}

/**
 * Makes everything as it is before a test: the database migrated and otherwise empty, no mail and no files, the clock going
 * on. vitest and node:test do so before each test; others have to call this.
 */
export async function freshApp(): Promise<void> {
  restoreClock();
  await closeAll();
  if (isOwnFolder()) emptyFolder();
  await database.fresh();
  reopen();
}

/** Ends what tests opened, and removes their database. */
export async function removeApp(): Promise<void> {
  restoreClock();
  await closeAll();
  await database.remove();
}

let isUsed = false;

async function closeAll(): Promise<void> {
  endScripts();
  if (!isUsed) return;
  await closeQueue();
  if (databasePlace().engine === "sqlite") SQLite.getDatabase().close();
  const open = [DB, ...otherStages().map((stage) => DB.connection(stage))];
  const closing = Promise.all(open.map((one) => one.destroy()));
  await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, patience).unref())]);
}

/** What `DB.connection(stage)` may have opened. */
function otherStages(): string[] {
  const names = namesIn(paths.data).flatMap((name) => /^([\w-]+)\.sqlite3$/.exec(name)?.[1] ?? []);
  return names.map((name) => (name === "dev" ? "development" : name));
}

/** Not at first: a test that needs no database shall not load one. */
function reopen(): void {
  if (isUsed) {
    // What a test left open keeps the file or the database that is gone.
    DB.client.pool = undefined;
    DB.initialize();
  }
  isUsed = true;
}

/** Opens the app's database again where the code under test has closed it. */
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
    return []; // Nothing was made yet.
  }
}
