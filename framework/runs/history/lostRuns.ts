import { hostName, lifeOf } from "../../process/thisProcess";
import { ledger } from "../ledger/ledgerFile";
import type { RunRow } from "../ledger/runRow";
import { takeLock } from "../lock/lock";
import { lostCause } from "./lostCause";

/**
 * kill -9 and power cuts leave a row open; the next reader closes it. A process of this host's own is looked
 * for. One of another host or container is judged by its lock, which the kernel frees when it dies; without
 * a lock nothing is known of it, and the row stays open.
 */
export function markLostRuns(): void {
  const open = ledger().prepare("SELECT * FROM runs WHERE state = 'running'").all() as RunRow[];
  for (const row of open.filter(isGone)) {
    ledger()
      .prepare(
        // Of an attempt that is not the first, the process of the first one tells.
        `UPDATE runs SET state = 'lost', error = ?, untold = CASE WHEN retry_of IS NULL THEN '{}' END
         WHERE id = ? AND state = 'running'`,
      )
      .run(lostCause(row), row.id);
  }
}

/** Whether a run's process is known to be there no more. */
export function isGone({ name, host, pid, process, has_lock }: RunRow): boolean {
  const life = host === hostName() ? lifeOf(pid, process) : "unknown";
  return life === "gone" || (life === "unknown" && has_lock === 1 && isLockFree(name));
}

/** A lock that this user may not take tells nothing. */
function isLockFree(name: string): boolean {
  try {
    const lock = takeLock(name, { wait: false });
    lock?.release();
    return lock !== undefined;
  } catch {
    return false;
  }
}
