import { closeSync, openSync } from "node:fs";
import { LajuError } from "../../config/errors";
import { openSqlite } from "../database/sqliteDriver";

/** How many pages are copied before other work of this process gets its turn. */
const pagesAtOnce = 2000;

/** Copies a database that others go on writing to: the copy is the state of one moment. */
export async function copySqlite(file: string, copy: string, signal?: AbortSignal): Promise<void> {
  if (file === ":memory:") throw new LajuError("a database in memory has no backup", { code: "E_BACKUP" });
  const source = openSqlite(file, { mustExist: true });
  try {
    // SQLite would make it readable for all.
    closeSync(openSync(copy, "wx", 0o600));
    // SQLite's backup begins anew whenever another process writes, for ever on a busy database (measured: 1,000
    // starts and no end). An open read holds on to one moment, and in WAL mode it is in nobody's way.
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

/** Reads a database through and throws when it is damaged. "quick" leaves out the comparison with the indexes. */
export function checkSqlite(file: string, thoroughness: "quick" | "full", what: string): void {
  const found = findDamage(file, thoroughness === "quick" ? "quick_check(1)" : "integrity_check(1)");
  if (found === undefined) return;
  throw new LajuError(`${what} is damaged: ${found.message}`, {
    code: "E_DATABASE_DAMAGED",
    hint: "Nothing was changed. Look at the disk, and at an earlier backup.",
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
