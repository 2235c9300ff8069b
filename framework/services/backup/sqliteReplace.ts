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
 * Puts `replacement` in the place of a database that nobody has open. The replaced one is kept as `aside`;
 * there is no moment at which neither is there.
 */
export function replaceSqlite(database: string, replacement: string, aside: string): void {
  const lock = existsSync(database) ? lockWhole(database) : undefined;
  try {
    takeOverOwner(replacement, existsSync(database) ? database : dirname(database));
    if (existsSync(database)) linkSync(database, aside);
    // What SQLite would otherwise play into the restored database at its first opening.
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
 * Leaving WAL mode needs the database to ourselves and folds the log into the file. A damaged database can't
 * be locked, and it is the very one that people restore over: then undefined.
 */
function lockWhole(file: string): Database | undefined {
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

/** Root may restore for the user that the app runs as. */
function takeOverOwner(file: string, model: string): void {
  const found = statSync(model);
  const descriptor = openSync(file, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    if (process.getuid?.() === 0) fchownSync(descriptor, found.uid, found.gid);
    fchmodSync(descriptor, found.isFile() ? found.mode & 0o777 : fileMode());
  } finally {
    closeSync(descriptor);
  }
}
