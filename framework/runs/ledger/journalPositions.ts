import type { Database } from "../../services/database/sqliteDriver";
import { readBytes } from "./journalLines";

/** How many bytes before a position identify it. They span a run's key, which no other run has. */
const tailLength = 256;

/**
 * Up to which byte a journal file has been imported. A position is recognized by the bytes before it: a renamed or
 * copied file still has them. One that was cut short, overwritten or replaced does not, and is read again from its
 * beginning, which changes nothing for the runs that are in the ledger already.
 */
export function importedUpTo(ledger: Database, path: string, size: number): number {
  const known = ledger
    .prepare("SELECT tail, taken FROM journal_positions WHERE taken <= ? ORDER BY taken DESC")
    .all(size) as { tail: Buffer; taken: number }[];
  return known.find(({ tail, taken }) => tailAt(path, taken).equals(tail))?.taken ?? 0;
}

/** Replaces the position `from` of a file by `to`. */
export function moveImported(
  ledger: Database,
  path: string,
  { from, to }: { from: number; to: number },
): void {
  if (from === to) return;
  ledger.prepare("DELETE FROM journal_positions WHERE tail = ?").run(tailAt(path, from));
  ledger
    .prepare("INSERT OR REPLACE INTO journal_positions (tail, taken) VALUES (?, ?)")
    .run(tailAt(path, to), to);
}

/** Forgets the positions of all files but this one. */
export function forgetOtherPositions(ledger: Database, path: string, taken: number): void {
  ledger.prepare("DELETE FROM journal_positions WHERE tail <> ?").run(tailAt(path, taken));
}

function tailAt(path: string, position: number): Buffer {
  return readBytes(path, Math.max(0, position - tailLength), position);
}
