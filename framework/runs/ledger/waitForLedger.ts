import { takeLock } from "../lock/lock";
import { isLedgerFree } from "./ledgerFile";

const pauseMs = 250;

/** The dot prevents a conflict with a command's lock: command names never begin with one. */
const waitersLock = ".notices";

/** Whether another process is already waiting for the ledger. That process will handle everything in the journal. */
export function isWaitedFor(): boolean {
  const lock = takeLock(waitersLock, { wait: false });
  lock?.release();
  return lock === undefined;
}

/**
 * Waits while another process has the ledger locked, but not beyond `until`. If several processes want to wait, one waits
 * for all of them; the others get false.
 */
export async function waitForLedger(until: number): Promise<boolean> {
  if (isLedgerFree()) return true;
  const lock = takeLock(waitersLock, { wait: false });
  if (lock === undefined) return false;
  try {
    while (!isLedgerFree() && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return true;
  } finally {
    // A process that finds this lock taken relies on us: it has already written its line, which we import after
    // releasing the lock.
    lock.release();
  }
}
