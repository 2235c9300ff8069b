import type { Database } from "../../../services/sqliteDriver";
import { dataVersion } from "./wake";

/**
 * SQLite gives the write lock to whoever asks at the right moment: a web process that inserts beside a worker
 * without pauses waited 0.1 to 1.2 s at the 99th percentile. So a worker rests after each transaction, longer
 * and with smaller batches while others write as well, and hardly at all while it is alone.
 */
const alone = { batch: 500, rest: 1 };
const shared = { batch: 200, rest: 2 };
const longestRest = 8;
/** Others count as writing for so long after their last commit, in milliseconds. */
const memory = 500;

export interface Pace {
  batch(): number;
  /** In milliseconds. */
  restMs(): number;
  /** The lock was another's when it was asked for. */
  waited(): void;
  /** A transaction has ended. */
  done(): void;
}

export function paceOf(database: Database, now = () => performance.now()): Pace {
  let version = dataVersion(database);
  let othersWroteAt = Number.NEGATIVE_INFINITY;
  let rest = shared.rest;
  let hasWaited = false;
  const isShared = () => now() - othersWroteAt < memory;
  return {
    batch: () => (isShared() ? shared.batch : alone.batch),
    restMs: () => (isShared() ? rest : alone.rest),
    waited() {
      hasWaited = true;
    },
    done() {
      if (!database.open) return;
      const seen = dataVersion(database);
      if (seen !== version || hasWaited) othersWroteAt = now();
      // More where the lock is fought for, slowly less where it isn't.
      rest = hasWaited ? Math.min(longestRest, rest * 1.5) : Math.max(shared.rest, rest - 0.05);
      version = seen;
      hasWaited = false;
    },
  };
}
