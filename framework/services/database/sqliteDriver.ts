import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import { makeFolder } from "../../files/makeFolder";
import { makeFile } from "../../files/openFile";
import { sleepSync } from "../../process/sleep";
import { rememberDatabase } from "./testNote";

export type Database = BetterSqlite3.Database;

export interface SqliteOptions {
  readonly?: boolean;
  /** Fail if the file doesn't exist (default: create it and its folder). */
  mustExist?: boolean;
  /** How long a statement waits for another process's lock, in milliseconds. */
  busyTimeout?: number;
  /** Write-ahead logging: readers don't wait for the writer (default: true). */
  wal?: boolean;
}

/** Opens an SQLite file with laju's PRAGMAs: WAL, synchronous NORMAL, foreign keys and a busy timeout. */
export function openSqlite(file: string, options: SqliteOptions = {}): Database {
  const { readonly = false, mustExist = false, busyTimeout = 5000, wal = true } = options;
  const Driver = sqliteDriver();
  rememberDatabase(file);
  if (!readonly && !mustExist) makeDatabase(file);
  checkRegular(file);
  try {
    const database = new Driver(file, { readonly, fileMustExist: mustExist, timeout: busyTimeout });
    if (wal && !readonly) switchToWal(database, busyTimeout);
    database.pragma("synchronous = NORMAL");
    database.pragma("foreign_keys = ON");
    return database;
  } catch (error) {
    throw cannotOpen(file, error.message, error);
  }
}

let driver: typeof BetterSqlite3 | undefined;

/**
 * better-sqlite3 13 crashes on Node 20, and 12, the last version for Node 20, aborts on Node 24.19 and later. So both
 * are installed, and the running Node decides which one is loaded.
 */
export function sqliteDriver(): typeof BetterSqlite3 {
  const isNode20 = Number.parseInt(process.versions.node, 10) < 22;
  try {
    driver ??= (
      isNode20 ? require("better-sqlite3-node20") : require("better-sqlite3")
    ) as typeof BetterSqlite3;
    return driver;
  } catch (error) {
    const name = isNode20 ? "better-sqlite3-node20" : "better-sqlite3";
    throw new LajuError(`the SQLite driver ${name} cannot be loaded: ${firstLine(error.message)}`, {
      code: "E_SQLITE_DRIVER",
      hint: `Run npm ci with the Node that runs the commands (${process.version}), or npm rebuild ${name}.`,
      cause: error,
    });
  }
}

/**
 * Switches to WAL mode. Two processes may create a file at the same time, and the switch ignores the busy timeout, so
 * this retries for up to `patience` ms.
 */
export function switchToWal(database: Database, patience = 5000): void {
  const giveUpAt = Date.now() + patience;
  for (;;) {
    try {
      database.pragma("journal_mode = WAL");
      return;
    } catch (error) {
      if (error.code !== "SQLITE_BUSY" || Date.now() > giveUpAt) throw error;
      sleepSync(5);
    }
  }
}

/**
 * Creates an empty file, which is a valid database. SQLite would create it world-readable; -wal and -shm get its mode.
 */
function makeDatabase(file: string): void {
  if (file === ":memory:" || file === "" || existsSync(file)) return;
  try {
    makeFolder(dirname(file));
    makeFile(file);
  } catch (error) {
    throw cannotOpen(file, `it cannot be created (${error.code})`, error);
  }
}

/** Rejects named pipes and devices. SQLite would only report "disk I/O error", and only on first use. */
function checkRegular(file: string): void {
  const stat = file === "" || file.startsWith(":") ? undefined : statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() === false) throw cannotOpen(file, "it is not a regular file", undefined);
}

function cannotOpen(file: string, reason: string, cause: unknown): LajuError {
  return new LajuError(`the database ${file} cannot be opened: ${reason}`, {
    code: "E_SQLITE_OPEN",
    hint: `This user must be able to read and write the file and its folder ${dirname(file)}.`,
    cause,
  });
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
