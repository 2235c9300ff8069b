import { existsSync } from "node:fs";
import { paths } from "../../config/config";
import { warn } from "../../process/output";
import type { Database } from "../../services/database/sqliteDriver";
import { takeIn } from "./journalReader";
import { forgetOldNews, isDamaged, moveDamagedLedger } from "./ledgerRepair";
import { openLedgerFile } from "./ledgerTables";

/** How long to wait for the ledger while another process has it, in milliseconds. */
const usualPatienceMs = 5_000;
/** The same where a run begins or ends: what it has to say stands in the journal, and others can go on from there. */
const runPatienceMs = 250;

let opened: Database | undefined;
let patienceMs = usualPatienceMs;

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
      warn(`the ledger was damaged (${error.message}); it is kept as ${aside}, and a new one begins`);
    const repaired = upToDate();
    if (aside !== undefined) forgetOldNews(repaired);
    return repaired;
  }
}

/**
 * Looks something up in the ledger as it is, with what the journal holds: nothing is made and nothing mended. Undefined
 * where there is none yet. Throws after a moment where another process has it.
 */
export function lookInLedger<T>(look: (ledger: Database) => T): T | undefined {
  if (opened === undefined && !existsSync(paths.ledger)) return undefined;
  return withoutWaiting(() => look(upToDate()));
}

/** What a run does with the ledger beside its work: it fails after a moment where it would wait for long. */
export function withoutWaiting<T>(work: () => T): T {
  setPatience(runPatienceMs);
  try {
    return work();
  } finally {
    setPatience(usualPatienceMs);
  }
}

function setPatience(ms: number): void {
  patienceMs = ms;
  opened?.pragma(`busy_timeout = ${ms}`);
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
  opened ??= openLedgerFile(paths.ledger, patienceMs);
  takeIn(opened);
  return opened;
}
