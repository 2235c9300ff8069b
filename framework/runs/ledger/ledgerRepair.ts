import { existsSync, renameSync } from "node:fs";
import { paths } from "../../config/config";
import type { Database } from "../../services/database/sqliteDriver";
import { withLock } from "../lock/lock";
import { openLedgerFile } from "./ledgerTables";

/** Whether SQLite reports that the file is corrupt or not a database. */
export function isDamaged(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return /^SQLITE_(CORRUPT|NOTADB)/.test(code ?? "") || isDamaged(error.cause);
}

/**
 * Moves a damaged ledger aside and returns its new name. The next use creates a new ledger. If several processes do
 * this at once, only one moves the file. The others get undefined and open the new ledger.
 */
export function moveDamagedLedger(): string | undefined {
  // The dot prevents a conflict with a command's lock: command names never begin with one.
  return withLock(".ledger", () => {
    if (isReadable()) return undefined;
    const aside = `${paths.ledger}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
    for (const ending of ["", "-wal", "-shm"]) {
      if (existsSync(paths.ledger + ending)) renameSync(paths.ledger + ending, aside + ending);
    }
    return aside;
  });
}

/**
 * Deletes pending notices, except those about a command's current state. Called when the journal is imported from the
 * start again, because then we can't tell which notices were already sent.
 */
export function forgetStaleNotices(ledger: Database): void {
  ledger.exec(
    `UPDATE runs SET untold = NULL WHERE untold IS NOT NULL AND EXISTS (
       SELECT 1 FROM runs AS later WHERE later.name = runs.name AND later.id > runs.id
         AND later.state NOT IN ('running', 'skipped') AND later.retry_of IS NOT runs.key)`,
  );
}

function isReadable(): boolean {
  try {
    const database = openLedgerFile();
    try {
      return database.pragma("quick_check(1)", { simple: true }) === "ok";
    } finally {
      database.close();
    }
  } catch (error) {
    if (isDamaged(error)) return false;
    throw error;
  }
}
