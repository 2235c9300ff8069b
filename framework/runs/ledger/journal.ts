import { closeSync, fstatSync, writeSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../config/config";
import { openToAppend } from "../../files/openFile";
import type { NewRun, Outcome } from "./run";

/**
 * Where a run says that it begins and how it ended: two lines, each appended in one write. Whoever reads the ledger
 * takes them in first. A start so costs no database: opening SQLite, a row and its end are 5 ms on a machine whose
 * bare start of node takes 62, and the two lines a tenth of that.
 */
export const journalFile = join(paths.data, "runs.journal");

/** Where a long one is put once it is taken in. */
export function asideOf(journal: string): string {
  return `${journal}.1`;
}

/** A run that begins, as the journal has it. */
export interface JournalStart extends NewRun {
  key: string;
  host: string;
  pid: number;
  process: string | null;
}

/** How one ended. */
export interface JournalEnd extends Outcome {
  key: string;
}

/** Appends a line and returns how long the journal is now, in bytes. Throws when it cannot be written whole. */
export function appendToJournal(line: JournalStart | JournalEnd): number {
  const descriptor = openToAppend(journalFile);
  try {
    // A line break before it as well: what a full disk or a power cut left of another line must not swallow this one.
    const bytes = Buffer.from(`\n${JSON.stringify(line)}\n`);
    if (writeSync(descriptor, bytes) < bytes.length) {
      throw new Error(`${journalFile} takes no more: the disk is full`);
    }
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}
