import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  linkSync,
  openSync,
  renameSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { LajuError } from "../../config/errors";
import { fileMode } from "../../files/access";
import { syncFolder } from "../../files/syncFolder";
import { type Database, openSqlite } from "../database/sqliteDriver";

/**
 * Replaces a database that no process has open, and keeps the old one as `aside`. At every moment, either the old or
 * the new database exists under the database's name.
 */
export function replaceSqlite(database: string, replacement: string, aside: string): void {
  const lock = existsSync(database) ? lockExclusively(database) : undefined;
  try {
    copyOwnership(replacement, existsSync(database) ? database : dirname(database));
    if (existsSync(database)) linkSync(database, aside);
    // Remove the old database's files, because SQLite would apply them to the restored one.
    for (const suffix of ["-wal", "-shm", "-journal"]) {
      if (existsSync(database + suffix)) renameSync(database + suffix, aside + suffix);
    }
    renameSync(replacement, database);
    syncFolder(dirname(database));
  } finally {
    lock?.close();
  }
}

/**
 * Locks the database. First switches it out of WAL mode, which requires exclusive access and merges the log into the
 * file. Returns undefined for a damaged database, which can't be locked but must be replaceable.
 */
function lockExclusively(file: string): Database | undefined {
  let database: Database | undefined;
  try {
    database = openSqlite(file, { mustExist: true, wal: false, busyTimeout: 2000 });
    database.pragma("journal_mode = DELETE");
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database?.close();
    const code = String(error.cause?.code ?? error.code);
    if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") return undefined;
    if (!code.startsWith("SQLITE_BUSY")) throw error;
    throw new LajuError(`the database ${file} is in use by another process`, {
      code: "E_DATABASE_IN_USE",
      hint: "Nothing was changed. Stop workers and running commands first.",
      cause: error,
    });
  }
}

/** Copies owner and mode, so that root can restore the database of the user the app runs as. */
function copyOwnership(file: string, model: string): void {
  const found = statSync(model);
  const descriptor = openSync(file, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    if (process.getuid?.() === 0) fchownSync(descriptor, found.uid, found.gid);
    fchmodSync(descriptor, found.isFile() ? found.mode & 0o777 : fileMode());
  } finally {
    closeSync(descriptor);
  }
}
