import type { Database } from "../services/sqliteDriver";
import { takeIn } from "./journalReader";
import { forgetOldNews, isDamaged, moveDamagedLedger } from "./ledgerRepair";
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
    const repaired = upToDate();
    if (aside !== undefined) forgetOldNews(repaired);
    return repaired;
  }
}

/** Whether the ledger can be opened, and what the journal holds taken in: not while another process has it. */
export function isLedgerFree(): boolean {
  try {
    opened ??= openLedgerFile();
    return takeIn(opened);
  } catch (error) {
    if (/^SQLITE_BUSY/.test(String(error.code ?? error.cause?.code))) return false;
    throw error;
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
