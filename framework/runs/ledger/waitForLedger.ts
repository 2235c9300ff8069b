import { takeLock } from "../lock/lock";
import { isLedgerFree } from "./ledgerFile";

const pauseMs = 250;

/** No command has a name that begins with a dot. */
const waitersLock = ".notices";

/** Whether a process waits for the ledger already, and tells what stood in the journal before this was asked. */
export function isWaitedFor(): boolean {
  const lock = takeLock(waitersLock, { wait: false });
  lock?.release();
  return lock === undefined;
}

/**
 * Waits while another process has the ledger to itself, at the longest until `until`. Of many that come meanwhile one
 * waits, for all: false for the others.
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
    // Whoever finds the lock taken has written its line before: it is taken in after this.
    lock.release();
  }
}
