import {
  closeSync,
  fchmodSync,
  fchownSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
} from "node:fs";
import type { Database } from "../services/sqliteDriver";
import { asideOf, type JournalEnd, type JournalStart, journalFile } from "./journal";
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

function signOf({ stat }: JournalFile): string {
  return `${stat.ino} ${stat.size}`;
}

/** The one before comes first: whoever had it open when it was put aside may still have written to it. */
function filesOf(journal: string): JournalFile[] {
  return [asideOf(journal), journal].flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ path, stat }];
  });
}

function takeFiles(ledger: Database, journal: string): void {
  for (const { path, stat } of filesOf(journal)) {
    const first = firstLine(path);
    if (first === undefined) continue;
    const from = takenOf(ledger, first);
    const lines = wholeLines(path, stat, from);
    for (const line of lines.split("\n")) takeLine(ledger, line);
    const taken = from + Buffer.byteLength(lines);
    ledger.prepare("INSERT OR REPLACE INTO journal (first, taken) VALUES (?, ?)").run(first, taken);
    if (path === journal && taken > longestJournal) putAside(ledger, { journal, first });
  }
}

/** Within the transaction, so that one does it. Taking a line in twice, should it come to that, changes nothing. */
function putAside(ledger: Database, { journal, first }: { journal: string; first: string }): void {
  ledger.prepare("DELETE FROM journal WHERE first <> ?").run(first);
  const { mode, uid, gid } = statSync(journal);
  renameSync(journal, asideOf(journal));
  beginAnew(journal, { mode, uid, gid });
}

/** Whoever could append to the last one can append to this one. */
function beginAnew(journal: string, { mode, uid, gid }: Pick<Stats, "mode" | "uid" | "gid">): void {
  const descriptor = openSync(journal, "a");
  try {
    fchmodSync(descriptor, mode & 0o7777);
    fchownSync(descriptor, uid, gid);
  } catch {
    // Not ours to give: it belongs to whoever put the last one aside.
  } finally {
    closeSync(descriptor);
  }
}

function takenOf(ledger: Database, first: string): number {
  const row = ledger.prepare("SELECT taken FROM journal WHERE first = ?").get(first);
  return (row as { taken: number } | undefined)?.taken ?? 0;
}

/** Starts with a run's key, unlike any other's; undefined while it is not there whole. */
function firstLine(path: string): string | undefined {
  const bytes = readFrom(path, 0, 64 * 1024)
    .toString("latin1")
    .trimStart();
  const end = bytes.indexOf("\n");
  return end < 0 ? undefined : bytes.slice(0, end);
}

/** Of a line that is just being written the rest comes the next time. */
function wholeLines(path: string, { size }: Stats, from: number): string {
  if (size <= from) return "";
  const bytes = readFrom(path, from, size - from);
  return bytes.toString("utf8", 0, bytes.lastIndexOf("\n") + 1);
}

function readFrom(path: string, from: number, length: number): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, from));
  } finally {
    closeSync(descriptor);
  }
}

/** A line that tells of no run (cut off, or with values that no column takes) keeps no other from being taken in. */
function takeLine(ledger: Database, line: string): void {
  const entry = parsed(line);
  if (entry === undefined) return;
  try {
    if ("name" in entry) insertRun(ledger, entry);
    else updateEnd(ledger, entry);
  } catch (error) {
    if (/^SQLITE_(?!CONSTRAINT|MISMATCH|RANGE|TOOBIG)/.test(String(error.code))) throw error;
  }
}

function parsed(line: string): JournalStart | JournalEnd | undefined {
  if (line === "") return undefined;
  try {
    const entry = JSON.parse(line);
    return typeof entry?.key === "string" ? entry : undefined;
  } catch {
    return undefined;
  }
}
