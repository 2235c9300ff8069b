import { hostName, lifeOf } from "../../process/thisProcess";
import { ledger } from "../ledger/ledgerFile";
import type { RunRow } from "../ledger/runRow";
import { takeLock } from "../lock/lock";
import { lostCause } from "./lostCause";

/**
 * Closes the rows of runs whose process died without recording its end (kill -9, power cut). For a run on this host,
 * checks whether the process still exists. For a run on another host or in another container, checks the command's
 * lock, which the kernel releases when the process dies. If the run has no lock, there is no way to tell, so its row
 * stays open.
 */
export function markLostRuns(): void {
  const open = ledger().prepare("SELECT * FROM runs WHERE state = 'running'").all() as RunRow[];
  for (const row of open.filter(isGone)) {
    ledger()
      .prepare(
        // Retries get no notification of their own: the process of the first attempt notifies about the final result.
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

/**
 * Whether no process holds the command's lock. Also false if this user is not allowed to take the lock, because then
 * there is no way to tell.
 */
function isLockFree(name: string): boolean {
  try {
    const lock = takeLock(name, { wait: false });
    lock?.release();
    return lock !== undefined;
  } catch {
    return false;
  }
}
