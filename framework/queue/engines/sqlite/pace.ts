import type { Database } from "../../../services/database/sqliteDriver";
import { dataVersion } from "./wake";

/**
 * How a worker shares the file with other processes that write to it. SQLite's write lock has no queue: whichever
 * process happens to ask when it is free gets it. While a worker wrote without pauses, a web process's inserts waited
 * 0.1 to 1.2 s (99th percentile). So a worker claims small batches and rests after each transaction.
 *
 * `checkpoint` is the number of pages after which SQLite makes a checkpoint. Here it is SQLite's default, so that no
 * other process's insert has to make a large one.
 */
const shared = { batch: 250, rest: 2, checkpoint: 1000 };
/**
 * How a worker behaves while no other process writes. It pauses only occasionally, which is enough for another process
 * to get the lock: a pause of 1 ms after each transaction would cost a tenth of the throughput. Checkpoints are rare,
 * because they take a tenth of the worker's time.
 */
const alone = { batch: 1000, rest: 2, restsEvery: 8, checkpoint: 4000 };
const longestRest = 2.5;
/** Other processes count as writing for this long after their last commit, in milliseconds. */
const memory = 2000;

export interface Pace {
  batch(): number;
  /** How long to rest now, in milliseconds. */
  restMs(): number;
  /** Reports that another process had the lock when it was requested. */
  waited(): void;
  /** Reports that a transaction has ended. */
  done(): void;
}

export function paceOf(database: Database, now = () => performance.now()): Pace {
  let version = dataVersion(database);
  let othersWroteAt = Number.NEGATIVE_INFINITY;
  let rest = shared.rest;
  let hasWaited = false;
  let transactions = 0;
  const isShared = () => now() - othersWroteAt < memory;
  const setCheckpoint = checkpointer(database);
  return {
    batch: () => (isShared() ? shared.batch : alone.batch),
    restMs: () => (isShared() ? rest : transactions % alone.restsEvery === 0 ? alone.rest : 0),
    waited() {
      hasWaited = true;
    },
    done() {
      if (!database.open) return;
      transactions++;
      const seen = dataVersion(database);
      if (seen !== version || hasWaited) othersWroteAt = now();
      // Rest longer while the lock is contended, and gradually shorter while it isn't.
      rest = hasWaited ? Math.min(longestRest, rest * 1.5) : Math.max(shared.rest, rest - 0.05);
      version = seen;
      hasWaited = false;
      setCheckpoint(isShared() ? shared.checkpoint : alone.checkpoint);
    },
  };
}

function checkpointer(database: Database): (pages: number) => void {
  let current = 0;
  return (pages) => {
    if (pages === current) return;
    database.pragma(`wal_autocheckpoint = ${pages}`);
    current = pages;
  };
}
