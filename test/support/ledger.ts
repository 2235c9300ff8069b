import { join } from "node:path";
import { importJournal } from "../../framework/runs/ledger/journalReader";
import { openLedgerFile } from "../../framework/runs/ledger/ledgerTables";
import type { Database } from "../../framework/services/database/sqliteDriver";

/** The SQL that changes a ledger's tables from the newest version back to an older one. */
export function undoTablesTo(version: number): string {
  const later = Object.entries(undoTables).filter(([made]) => Number(made) > version);
  return later
    .reverse()
    .map(([, sql]) => sql)
    .join("\n");
}

/** For each version, the SQL that undoes its changes. */
const undoTables: Record<number, string> = {
  9: `DROP TABLE actions; ALTER TABLE runs DROP COLUMN cpu; ALTER TABLE runs DROP COLUMN peak_memory;
      PRAGMA user_version = 8;`,
  8: `ALTER TABLE incidents DROP COLUMN acked_at; ALTER TABLE incidents DROP COLUMN ack_reason;
      ALTER TABLE incidents DROP COLUMN closed_because; PRAGMA user_version = 7;`,
  7: `ALTER TABLE runs DROP COLUMN lost_lines; ALTER TABLE runs DROP COLUMN lost_code; PRAGMA user_version = 6;`,
  6: `ALTER TABLE runs DROP COLUMN processed; ALTER TABLE runs DROP COLUMN failed;
      ALTER TABLE runs DROP COLUMN logged_error; PRAGMA user_version = 5;`,
  5: "ALTER TABLE runs DROP COLUMN duration; PRAGMA user_version = 4;",
  4: "DROP TABLE journal_positions; PRAGMA user_version = 3;",
  3: `DROP INDEX runs_untold; DROP INDEX runs_by_retry;
      ALTER TABLE runs DROP COLUMN untold; ALTER TABLE runs DROP COLUMN retry_of; PRAGMA user_version = 2;`,
  2: "DROP INDEX runs_by_key; ALTER TABLE runs DROP COLUMN key; DROP TABLE journal; PRAGMA user_version = 1;",
};

/** Opens an app's ledger, after importing the journal. Tests mostly use it to add past runs. */
export function withLedger<T>(data: string, work: (ledger: Database) => T): T {
  const ledger = openLedgerFile(join(data, "runs.sqlite3"));
  let result: T | undefined;
  try {
    importJournal(ledger, join(data, "runs.journal"));
    result = work(ledger);
    return result;
  } finally {
    if (result instanceof Promise) void result.finally(() => ledger.close()).catch(() => {});
    else ledger.close();
  }
}
