import { warn } from "../../process/output";
import { hasEnded, idOfRun } from "../history/findRuns";
import { withoutWaiting } from "../ledger/ledgerFile";
import type { NotifiableRun } from "../ledger/record";
import { isWaitedFor } from "../ledger/waitForLedger";
import { beginNotices } from "./beginNotices";
import { addPing, isSenderComing } from "./notices";
import { startSender } from "./startSender";

/** Called when a run begins. Only a command with `ping` pays anything. */
export function beforeRun({ name, key, ping }: NotifiableRun): void {
  if (ping === undefined) return;
  try {
    const isComing = withoutWaiting(() => addStart(name, key, ping));
    if (!isComing) startSender();
  } catch (error) {
    // Book-keeping never changes how a run goes.
    warn(`nobody is told that ${name} began: ${error.message}`);
  }
}

/** Returns whether a sender is coming that takes it along. */
function addStart(name: string, key: string, url: string): boolean {
  const runId = idOfRun(key);
  if (runId === undefined) throw new Error("the ledger does not have it yet");
  const createdAt = Date.now();
  addPing({ name, event: "start", runId, createdAt, url });
  return isSenderComing(createdAt);
}

/**
 * Called when a run has ended and its end is written, all its retries included: leaves word in the outbox. A process
 * that exits can send nothing itself, and sending must never change how a run ends, so one process beside it does.
 */
export function afterRun({ name, key }: NotifiableRun): void {
  try {
    if (withoutWaiting(() => hasNews(key))) startSender();
  } catch (error) {
    // Whoever has the ledger lets go of it, and a new process finds the driver that a deployment replaced.
    warn(`how ${name} went is told later: ${error.message}`);
    if (!isSenderWaiting()) startSender();
  }
}

function isSenderWaiting(): boolean {
  try {
    return isWaitedFor();
  } catch {
    return false;
  }
}

/** Whether somebody has to be told, and no sender is coming that takes it along. */
function hasNews(key: string): boolean {
  if (!hasEnded(key)) throw new Error("the ledger does not have its end yet");
  const begun = beginNotices(key);
  const isPingsOnly = begun.every(({ kind }) => kind === "ping");
  return begun.length > 0 && !(isPingsOnly && isSenderComing(Date.now()));
}
