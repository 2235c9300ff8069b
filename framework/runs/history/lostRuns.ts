import { hostName, lifeOf } from "../../process/thisProcess";
import { ledger } from "../ledger/ledgerFile";
import type { RunRow } from "../ledger/runRow";
import { takeLock } from "../lock/lock";
import { lostCause } from "./lostCause";

/**
 * kill -9 and power cuts leave a run's row open; the next reader closes it. On this host, it checks whether the process
 * still exists. A run of another host or container is judged by its lock, which the kernel frees when the process dies.
 * Without a lock nothing can be known, and the row stays open.
 */
export function markLostRuns(): void {
  const open = ledger().prepare("SELECT * FROM runs WHERE state = 'running'").all() as RunRow[];
  for (const row of open.filter(isGone)) {
    ledger()
      .prepare(
        // The process of the first attempt notifies for all of its retries.
        `UPDATE runs SET state = 'lost', error = ?, untold = CASE WHEN retry_of IS NULL THEN '{}' END
         WHERE id = ? AND state = 'running'`,
      )
      .run(lostCause(row), row.id);
  }
}

/** Whether a run's process is known to be gone. */
export function isGone({ name, host, pid, process, has_lock }: RunRow): boolean {
  const life = host === hostName() ? lifeOf(pid, process) : "unknown";
  return life === "gone" || (life === "unknown" && has_lock === 1 && isLockFree(name));
}

/** False if this user may not take the lock, because then nothing is known. */
function isLockFree(name: string): boolean {
  try {
    const lock = takeLock(name, { wait: false });
    lock?.release();
    return lock !== undefined;
  } catch {
    return false;
  }
}
