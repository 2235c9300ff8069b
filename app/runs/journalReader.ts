import { closeSync, openSync, readSync, renameSync, type Stats, statSync } from "node:fs";
import type { Database } from "../services/sqliteDriver";
import { type JournalEnd, type JournalStart, journalFile } from "./journal";
import { insertRun, updateEnd } from "./runRow";

/** A journal longer than this, in bytes, is put aside once it is taken in, and a new one begins. */
const longestJournal = 256 * 1024;

/** Takes what the journal holds into the ledger. Where nothing was added it is a look at two files. */
export function takeIn(ledger: Database, journal = journalFile): void {
  if (!hasNews(ledger, journal)) return;
  try {
    ledger.transaction(() => takeFiles(ledger, journal)).immediate();
  } catch (error) {
    // Somebody else is writing, or this user may only read: what is in the ledger already can be read all the same.
    if (!/^SQLITE_(BUSY|READONLY)/.test(String(error.code))) throw error;
  }
}

function hasNews(ledger: Database, journal: string): boolean {
  return filesOf(journal).some(({ stat }) => stat.size > takenOf(ledger, stat.ino));
}

/** The one before comes first: whoever had it open when it was put aside may still have written to it. */
function filesOf(journal: string): { file: string; stat: Stats }[] {
  return [asideOf(journal), journal].flatMap((file) => {
    const stat = statSync(file, { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ file, stat }];
  });
}

function asideOf(journal: string): string {
  return `${journal}.1`;
}

function takeFiles(ledger: Database, journal: string): void {
  for (const { file, stat } of filesOf(journal)) {
    const before = takenOf(ledger, stat.ino);
    // A shorter file is another one, which was given the number of one that was deleted.
    const from = before <= stat.size ? before : 0;
    const lines = wholeLines(file, stat, from);
    for (const line of lines.split("\n")) takeLine(ledger, line);
    const taken = from + Buffer.byteLength(lines);
    ledger.prepare("INSERT OR REPLACE INTO journal (inode, taken) VALUES (?, ?)").run(stat.ino, taken);
    if (file === journal && taken > longestJournal) putAside(ledger, { journal, inode: stat.ino });
  }
}

/** Within the transaction, so that one does it. Taking a line in twice, should it come to that, changes nothing. */
function putAside(ledger: Database, { journal, inode }: { journal: string; inode: number }): void {
  ledger.prepare("DELETE FROM journal WHERE inode <> ?").run(inode);
  renameSync(journal, asideOf(journal));
}

function takenOf(ledger: Database, inode: number): number {
  const row = ledger.prepare("SELECT taken FROM journal WHERE inode = ?").get(inode);
  return (row as { taken: number } | undefined)?.taken ?? 0;
}

/** Of a line that is just being written the rest comes the next time. */
function wholeLines(file: string, { size }: Stats, from: number): string {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(size - from);
    const read = bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, from));
    return read.toString("utf8", 0, read.lastIndexOf("\n") + 1);
  } finally {
    closeSync(descriptor);
  }
}

/** A line that a full disk or a power cut left in pieces tells of no run. */
function takeLine(ledger: Database, line: string): void {
  const entry = parsed(line);
  if (entry === undefined) return;
  if ("name" in entry) insertRun(ledger, entry);
  else updateEnd(ledger, entry);
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
