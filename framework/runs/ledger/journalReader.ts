import { closeSync, fchmodSync, fchownSync, renameSync, type Stats, statSync } from "node:fs";
import { openToAppend } from "../../files/openFile";
import { warn } from "../../process/output";
import type { Database } from "../../services/database/sqliteDriver";
import { asideOf, type JournalEnd, journalFile } from "./journal";
import { journalEntry } from "./journalEntry";
import { readLines } from "./journalLines";
import { forgetOtherPositions, importedUpTo, moveImported } from "./journalPositions";
import { forgetStaleNotices } from "./ledgerRepair";
import { insertRun, updateEnd } from "./runRow";

/** A journal longer than this, in bytes, is rotated after it has been imported. */
const longestJournal = 256 * 1024;

/**
 * How long a reader waits while another process writes to the ledger, in milliseconds, before it reads without
 * importing.
 */
const longestPatienceMs = 500;

interface JournalFile {
  path: string;
  stat: Stats;
}

/**
 * How long to wait after a failed import before the next one, in milliseconds. Without this pause, a verb that reads
 * the ledger hundreds of times would wait for the locked ledger each time.
 */
const backOffMs = 1_000;

/** The fingerprint of each journal file at the last import. A file whose fingerprint hasn't changed has nothing new. */
interface LastImport {
  fingerprints: Map<string, string>;
  notBefore: number;
}

const lastImports = new WeakMap<Database, LastImport>();

/**
 * Imports the journal into the ledger. If the journal is unchanged, this only stats two files. Returns false if the
 * import failed.
 */
export function importJournal(ledger: Database, journal = journalFile): boolean {
  // Don't import within the caller's transaction: if it were rolled back, the lines would be lost, because we would
  // take them for imported.
  if (ledger.inTransaction) return false;
  const last = lastImportOf(ledger);
  const files = filesOf(journal).filter((file) => last.fingerprints.get(file.path) !== fingerprintOf(file));
  if (files.length === 0) return true;
  if (Date.now() < last.notBefore) return false;
  const patienceMs = Number(ledger.pragma("busy_timeout", { simple: true }));
  ledger.pragma(`busy_timeout = ${Math.min(patienceMs, longestPatienceMs)}`);
  try {
    ledger.transaction(() => importFiles(ledger, journal)).immediate();
    for (const file of files) last.fingerprints.set(file.path, fingerprintOf(file));
    return true;
  } catch (error) {
    // Another process is writing, this user has only read access, or the disk is full: the ledger can still be read.
    if (!/^SQLITE_(BUSY|READONLY|FULL|IOERR)/.test(String(error.code))) throw error;
    last.notBefore = Date.now() + backOffMs;
    return false;
  } finally {
    ledger.pragma(`busy_timeout = ${patienceMs}`);
  }
}

function lastImportOf(ledger: Database): LastImport {
  const known = lastImports.get(ledger) ?? { fingerprints: new Map(), notBefore: 0 };
  lastImports.set(ledger, known);
  return known;
}

/** Includes the mtime, because after a power cut a file can be shorter and grow back to its old size. */
function fingerprintOf({ stat }: JournalFile): string {
  return `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

/**
 * The rotated journal and the current one, in the order in which to import them. The rotated one can still grow,
 * because a process may have it open.
 */
function filesOf(journal: string): JournalFile[] {
  return [asideOf(journal), journal].flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ path, stat }];
  });
}

/**
 * Whether a line appended to the journal reaches the ledger. To find out, adds a temporary run, appends a line that
 * closes it, imports that line, and rolls back the transaction. Only the line in the journal remains. Throws if the
 * ledger or the journal cannot be written.
 */
export function reachesLedger(
  ledger: Database,
  append: (end: JournalEnd) => void,
  journal = journalFile,
): boolean {
  const key = `probe-${process.pid}-${process.hrtime.bigint()}`;
  const run = {
    key,
    name: ".probe",
    args: [],
    startedAt: 0,
    attempt: 1,
    log: null,
    slot: null,
    hasLock: false,
  };
  ledger.exec("BEGIN IMMEDIATE");
  try {
    insertRun(ledger, { ...run, host: "", pid: 0, process: null });
    append({ key, state: "succeeded", exitStatus: 0, finishedAt: 0 });
    importFiles(ledger, journal);
    const state = ledger.prepare("SELECT state FROM runs WHERE key = ?").pluck().get(key);
    return state === "succeeded";
  } finally {
    ledger.exec("ROLLBACK");
  }
}

function importFiles(ledger: Database, journal: string): void {
  const isReadAgain = isPositionLost(ledger);
  for (const { path, stat } of filesOf(journal)) {
    const imported = importFile(ledger, path, stat.size);
    if (path === journal && imported > longestJournal) rotateJournal(ledger, journal, imported);
  }
  if (isReadAgain) forgetStaleNotices(ledger);
}

/**
 * Whether the ledger has runs but no position up to which the journal was imported, as after an upgrade from an earlier
 * release. The journal is then read from the start, and old notices must not be sent again.
 */
function isPositionLost(ledger: Database): boolean {
  const has = (table: string) => ledger.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined;
  return !has("journal_positions") && has("runs");
}

/** Imports the new lines of a file, and returns the byte up to which it is imported now. */
function importFile(ledger: Database, path: string, size: number): number {
  const from = importedUpTo(ledger, path, size);
  let damaged = 0;
  const to = readLines(path, from, (line) => {
    if (!isImported(ledger, line)) damaged += 1;
  });
  moveImported(ledger, path, { from, to });
  if (damaged > 0) warn(`skipped ${damaged} damaged ${damaged === 1 ? "line" : "lines"} of ${path}`);
  return to;
}

/**
 * Moves the imported journal aside and creates the next one. Call this within the import's transaction, so that only
 * one process does it at a time. Lines that are imported twice do no harm.
 */
function rotateJournal(ledger: Database, journal: string, imported: number): void {
  forgetOtherPositions(ledger, journal, imported);
  const { mode, uid, gid } = statSync(journal);
  renameSync(journal, asideOf(journal));
  createNext(journal, { mode, uid, gid });
}

/** Gives the new journal the owner and mode of the old one, so that the same users can append to it. */
function createNext(journal: string, { mode, uid, gid }: Pick<Stats, "mode" | "uid" | "gid">): void {
  const descriptor = openToAppend(journal);
  try {
    fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode & 0o777);
  } catch {
    // This user is not allowed to change the owner, so the new file belongs to this user.
  } finally {
    closeSync(descriptor);
  }
}

/** Imports a line. Returns false for a damaged line: truncated, overwritten, or with values that no column accepts. */
function isImported(ledger: Database, line: string): boolean {
  if (line === "") return true;
  const entry = journalEntry(line);
  if (entry === undefined) return false;
  try {
    if ("name" in entry) insertRun(ledger, entry);
    else updateEnd(ledger, entry);
    return true;
  } catch (error) {
    if (/^SQLITE_(?!CONSTRAINT|MISMATCH|RANGE|TOOBIG)/.test(String(error.code))) throw error;
    return false;
  }
}
