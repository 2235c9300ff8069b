import type { Database } from "../services/sqliteDriver";
import { takeIn } from "./journalReader";
import { isDamaged, moveDamagedLedger } from "./ledgerRepair";
import { openLedgerFile } from "./ledgerTables";
import { tell } from "./tell";

let opened: Database | undefined;

/**
 * The open ledger, with all that the journal holds by now. A damaged one is moved aside, which is told, and a new one
 * begins. Throws a LajuError when it cannot be opened.
 */
export function ledger(): Database {
  try {
    return upToDate();
  } catch (error) {
    if (!isDamaged(error)) throw error;
    closeLedger();
    const aside = moveDamagedLedger();
    if (aside !== undefined)
      tell(`the ledger was damaged (${error.message}); it is kept as ${aside}, and a new one begins`);
    return upToDate();
  }
}

/** Forgets the open ledger; the next use opens it anew. */
export function closeLedger(): void {
  opened?.close();
  opened = undefined;
}

function upToDate(): Database {
  opened ??= openLedgerFile();
  takeIn(opened);
  return opened;
}
