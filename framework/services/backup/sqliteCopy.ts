import { closeSync, openSync } from "node:fs";
import { LajuError } from "../../config/errors";
import { openSqlite } from "../database/sqliteDriver";

/** How many pages to copy before yielding to other work in this process. */
const pagesAtOnce = 2000;

/** Makes a consistent copy of a database while other processes write to it. */
export async function copySqlite(file: string, copy: string, signal?: AbortSignal): Promise<void> {
  if (file === ":memory:")
    throw new LajuError("an in-memory database cannot be backed up", { code: "E_BACKUP" });
  const source = openSqlite(file, { mustExist: true });
  try {
    // Create the file first, because SQLite would make it world-readable.
    closeSync(openSync(copy, "wx", 0o600));
    // SQLite's backup starts over whenever another process writes, and on a busy database never finishes (measured:
    // 1,000 restarts). An open read transaction pins one snapshot, and in WAL mode it blocks no other process.
    source.exec("BEGIN");
    source.prepare("SELECT count(*) FROM sqlite_schema").get();
    await source.backup(copy, {
      progress() {
        signal?.throwIfAborted();
        return pagesAtOnce;
      },
    });
  } finally {
    source.close();
  }
}

/** Reads the whole database and throws if it is damaged. "quick" skips comparing the indexes with the tables. */
export function checkSqlite(file: string, thoroughness: "quick" | "full", what: string): void {
  const found = findDamage(file, thoroughness === "quick" ? "quick_check(1)" : "integrity_check(1)");
  if (found === undefined) return;
  throw new LajuError(`${what} is damaged: ${found.message}`, {
    code: "E_DATABASE_DAMAGED",
    hint: "Nothing was changed. Check the disk, and try an earlier backup.",
    cause: found.cause,
  });
}

function findDamage(file: string, pragma: string): { message: string; cause?: unknown } | undefined {
  try {
    const database = openSqlite(file, { mustExist: true, wal: false });
    try {
      const answer = String(database.pragma(pragma, { simple: true }));
      return answer === "ok" ? undefined : { message: answer };
    } finally {
      database.close();
    }
  } catch (error) {
    return { message: error.cause?.message ?? error.message, cause: error };
  }
}
