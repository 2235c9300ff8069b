import type { Database } from "../../services/database/sqliteDriver";
import { readBytes } from "./journalLines";

/** How many bytes before a position are used to recognize it: enough to contain a run's unique key. */
const tailLength = 256;

/**
 * The byte up to which a journal file has been imported. A position is recognized by the bytes before it, which survive
 * renaming and copying. A file that was truncated, overwritten or replaced is read again from the start, which has no
 * effect on runs that are already in the ledger.
 */
export function importedUpTo(ledger: Database, path: string, size: number): number {
  const known = ledger
    .prepare("SELECT tail, taken FROM journal_positions WHERE taken <= ? ORDER BY taken DESC")
    .all(size) as { tail: Buffer; taken: number }[];
  return known.find(({ tail, taken }) => tailAt(path, taken).equals(tail))?.taken ?? 0;
}

/** Records that a file has now been imported up to `to` instead of `from`. */
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
