import { warn } from "../../process/output";
import { hasEnded, idOfRun } from "../history/findRuns";
import { withoutWaiting } from "../ledger/ledgerFile";
import type { NotifiableRun } from "../ledger/record";
import { isWaitedFor } from "../ledger/waitForLedger";
import { addPing, isSenderComing } from "./notices";
import { processPendingNotices } from "./pendingNotices";
import { startSender } from "./startSender";

/**
 * Called when a run starts. Writes its start ping to the outbox and starts a sender; does nothing for a command without
 * `ping`.
 */
export function beforeRun({ name, key, ping }: NotifiableRun): void {
  if (ping === undefined) return;
  try {
    const isComing = withoutWaiting(() => addStart(name, key, ping));
    if (!isComing) startSender();
  } catch (error) {
    // Failing to notify never affects the run.
    warn(`the ping for the start of ${name} is not sent: ${error.message}`);
  }
}

/** Adds the ping to the outbox. Returns whether another process is already starting a sender, which will send it. */
function addStart(name: string, key: string, url: string): boolean {
  const runId = idOfRun(key);
  if (runId === undefined) throw new Error("the ledger does not have the run yet");
  const createdAt = Date.now();
  addPing({ name, event: "start", runId, createdAt, url });
  return isSenderComing(createdAt);
}

/**
 * Called when a run has ended, including its retries, and its end is recorded. Writes its notices to the outbox. An exiting
 * process cannot send anything, and sending must never affect how a run ends, so a separate process sends them.
 */
export function afterRun({ name, key }: NotifiableRun): void {
  try {
    if (withoutWaiting(() => hasNews(key))) startSender();
  } catch (error) {
    // A separate process can send the notification: it can wait until the ledger is unlocked, and it loads the database
    // driver that a deployment has just installed.
    warn(`${name}'s notification is postponed: ${error.message}`);
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

/** Whether there are notices that no other sender is about to send. */
function hasNews(key: string): boolean {
  if (!hasEnded(key)) throw new Error("the ledger does not have the run's end yet");
  const due = processPendingNotices(key);
  const isPingsOnly = due.every(({ kind }) => kind === "ping");
  return due.length > 0 && !(isPingsOnly && isSenderComing(Date.now()));
}
