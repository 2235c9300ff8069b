import { closeSync, fchmodSync, fchownSync, renameSync, type Stats, statSync } from "node:fs";
import { openToAppend } from "../../files/openFile";
import { warn } from "../../process/output";
import type { Database } from "../../services/database/sqliteDriver";
import { asideOf, type JournalEnd, journalFile } from "./journal";
import { journalEntry } from "./journalEntry";
import { readLines } from "./journalLines";
import { forgetOtherPositions, importedUpTo, moveImported } from "./journalPositions";
import { forgetOldNews } from "./ledgerRepair";
import { insertRun, updateEnd } from "./runRow";

/** A journal longer than this, in bytes, is put aside once it is taken in, and a new one begins. */
const longestJournal = 256 * 1024;

/** How long a reader waits for another process that writes to the ledger, in milliseconds, and then shows what is there. */
const longestPatienceMs = 500;

interface JournalFile {
  path: string;
  stat: Stats;
}

/** How long it then goes on with that, in milliseconds: some verbs ask hundreds of times. */
const restMs = 1_000;

/** What was found of each file at the last look: nothing new where it is that still. */
interface LastLook {
  signs: Map<string, string>;
  notBefore: number;
}

const lastLooks = new WeakMap<Database, LastLook>();

/**
 * Takes what the journal holds into the ledger. Where nothing was added it is a look at two files. False where
 * something had to be left for later.
 */
export function takeIn(ledger: Database, journal = journalFile): boolean {
  // Whoever is amid a transaction may undo it, and what was taken in with it, without a sign to take it in again.
  if (ledger.inTransaction) return false;
  const last = lastLookOf(ledger);
  const files = filesOf(journal).filter((file) => last.signs.get(file.path) !== signOf(file));
  if (files.length === 0) return true;
  if (Date.now() < last.notBefore) return false;
  const patienceMs = Number(ledger.pragma("busy_timeout", { simple: true }));
  ledger.pragma(`busy_timeout = ${Math.min(patienceMs, longestPatienceMs)}`);
  try {
    ledger.transaction(() => takeFiles(ledger, journal)).immediate();
    for (const file of files) last.signs.set(file.path, signOf(file));
    return true;
  } catch (error) {
    // Somebody else is writing, this user may only read, or the disk is full: what is in the ledger can be read still.
    if (!/^SQLITE_(BUSY|READONLY|FULL|IOERR)/.test(String(error.code))) throw error;
    last.notBefore = Date.now() + restMs;
    return false;
  } finally {
    ledger.pragma(`busy_timeout = ${patienceMs}`);
  }
}

function lastLookOf(ledger: Database): LastLook {
  const known = lastLooks.get(ledger) ?? { signs: new Map(), notBefore: 0 };
  lastLooks.set(ledger, known);
  return known;
}

/** The time as well: after a power cut a file can be shorter and grow to its old size again. */
function signOf({ stat }: JournalFile): string {
  return `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

/** The one before comes first: whoever had it open when it was put aside may still have written to it. */
function filesOf(journal: string): JournalFile[] {
  return [asideOf(journal), journal].flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ path, stat }];
  });
}

/**
 * Whether a line appended to the journal reaches the ledger: it closes a run that exists for this look alone.
 * Nothing stays behind but the line, which names no run. Throws when the ledger or the journal cannot be written.
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
    takeFiles(ledger, journal);
    const state = ledger.prepare("SELECT state FROM runs WHERE key = ?").pluck().get(key);
    return state === "succeeded";
  } finally {
    ledger.exec("ROLLBACK");
  }
}

function takeFiles(ledger: Database, journal: string): void {
  const isReadAgain = isPositionLost(ledger);
  for (const { path, stat } of filesOf(journal)) {
    const taken = takeFile(ledger, path, stat.size);
    if (path === journal && taken > longestJournal) putAside(ledger, journal, taken);
  }
  if (isReadAgain) forgetOldNews(ledger);
}

/** In a ledger that an earlier release wrote: what its users were told of then is not told again. */
function isPositionLost(ledger: Database): boolean {
  const has = (table: string) => ledger.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined;
  return !has("journal_positions") && has("runs");
}

/** Imports what was added to a file, and returns up to which byte it is imported now. */
function takeFile(ledger: Database, path: string, size: number): number {
  const from = importedUpTo(ledger, path, size);
  let damaged = 0;
  const to = readLines(path, from, (line) => {
    if (!isTaken(ledger, line)) damaged += 1;
  });
  moveImported(ledger, path, { from, to });
  if (damaged > 0) warn(`skipped ${damaged} damaged ${damaged === 1 ? "line" : "lines"} of ${path}`);
  return to;
}

/** Within the transaction, so that one does it. Taking a line in twice, should it come to that, changes nothing. */
function putAside(ledger: Database, journal: string, taken: number): void {
  forgetOtherPositions(ledger, journal, taken);
  const { mode, uid, gid } = statSync(journal);
  renameSync(journal, asideOf(journal));
  beginNext(journal, { mode, uid, gid });
}

/** Whoever could append to the last one can append to this one. */
function beginNext(journal: string, { mode, uid, gid }: Pick<Stats, "mode" | "uid" | "gid">): void {
  const descriptor = openToAppend(journal);
  try {
    fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode & 0o777);
  } catch {
    // Not ours to give: it belongs to whoever put the last one aside.
  } finally {
    closeSync(descriptor);
  }
}

/** False for a line that tells of no run: cut off, overwritten, or with values that no column takes. */
function isTaken(ledger: Database, line: string): boolean {
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
