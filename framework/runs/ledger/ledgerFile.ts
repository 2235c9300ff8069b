import { existsSync, statSync } from "node:fs";
import { paths } from "../../config/config";
import { warn } from "../../process/output";
import type { Database } from "../../services/database/sqliteDriver";
import { importJournal } from "./journalReader";
import { forgetStaleNotices, isDamaged, moveDamagedLedger } from "./ledgerRepair";
import { openLedgerFile } from "./ledgerTables";

/** How long to wait while another process has the ledger locked, in milliseconds. */
const usualPatienceMs = 5_000;
/**
 * How long to wait for a locked ledger when a run starts or ends, in milliseconds. This is short, because the run's
 * line is already in the journal, and another process can import it later.
 */
const runPatienceMs = 250;

let opened: Database | undefined;
let openedInode: number | undefined;
let patienceMs = usualPatienceMs;

/**
 * The open ledger, up to date with the journal. Moves a damaged ledger aside with a warning, and creates a new one.
 * Throws a LajuError if it cannot be opened.
 */
export function ledger(): Database {
  try {
    return upToDate();
  } catch (error) {
    if (!isDamaged(error)) throw error;
    closeLedger();
    const aside = moveDamagedLedger();
    if (aside !== undefined)
      warn(`the ledger was damaged (${error.message}). It was moved to ${aside}, and a new one was created`);
    const repaired = upToDate();
    if (aside !== undefined) forgetStaleNotices(repaired);
    return repaired;
  }
}

/**
 * Reads from the ledger, up to date with the journal, without creating or repairing it. Undefined if there is no ledger
 * yet. Throws after a short wait if another process has it locked.
 */
export function lookInLedger<T>(look: (ledger: Database) => T): T | undefined {
  if (usable() === undefined && !existsSync(paths.ledger)) return undefined;
  return withoutWaiting(() => look(upToDate()));
}

/**
 * Does `work` with a short wait for the ledger, and throws if it stays locked: a run's bookkeeping must not delay the
 * run.
 */
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

/** Whether the ledger can be opened and the journal imported, which fails while another process has it locked. */
export function isLedgerFree(): boolean {
  try {
    return importJournal(usable() ?? open());
  } catch (error) {
    if (/^SQLITE_BUSY/.test(String(error.code ?? error.cause?.code))) return false;
    throw error;
  }
}

/** Closes the ledger; the next use opens it again. */
export function closeLedger(): void {
  opened?.close();
  opened = undefined;
}

function upToDate(): Database {
  const database = usable() ?? open(patienceMs);
  importJournal(database);
  return database;
}

function open(ms?: number): Database {
  opened = openLedgerFile(paths.ledger, ms);
  openedInode = inode();
  return opened;
}

/**
 * The open ledger, unless its file has since been deleted, restored from a backup or moved aside. A long-running
 * process would otherwise import the journal into a file that nobody else reads. The old connection is left to the
 * garbage collector, because callers may still be using it.
 */
function usable(): Database | undefined {
  if (opened !== undefined && !opened.inTransaction && inode() !== openedInode) opened = undefined;
  return opened;
}

function inode(): number | undefined {
  return statSync(paths.ledger, { throwIfNoEntry: false })?.ino;
}
