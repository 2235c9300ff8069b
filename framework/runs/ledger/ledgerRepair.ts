import { existsSync, renameSync } from "node:fs";
import { paths } from "../../config/config";
import type { Database } from "../../services/database/sqliteDriver";
import { withLock } from "../lock/lock";
import { openLedgerFile } from "./ledgerTables";

/** Whether SQLite says that the file is no database, or no longer a whole one. */
export function isDamaged(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return /^SQLITE_(CORRUPT|NOTADB)/.test(code ?? "") || isDamaged(error.cause);
}

/**
 * Moves a damaged ledger out of the way, so that the next use begins a new one; returns its new name. Of many
 * that find it damaged at once one moves it: undefined for the others, who find a good one.
 */
export function moveDamagedLedger(): string | undefined {
  // No command has a name that begins with a dot.
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
 * The journal is taken in anew from its beginning, and of what had been told nothing is known: told again is only how
 * the commands stand now.
 */
export function forgetOldNews(ledger: Database): void {
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
