import { sep } from "node:path";
import { logLimits, paths } from "../../config/config";
import { outputFile, outputSize, warn } from "../../process/output";
import { hasEnded, idOfRun } from "../history/findRuns";
import type { PendingNotice } from "../ledger/journal";
import { withoutWaiting } from "../ledger/ledgerFile";
import type { NotifiableRun } from "../ledger/record";
import { isWaitedFor } from "../ledger/waitForLedger";
import { rotateLogs } from "../logs/rotateLogs";
import { beginNotices } from "./beginNotices";
import { addPing, isSenderComing } from "./notices";
import { startSender } from "./startSender";

/** Called when a run begins. Only a command with `ping` pays anything. */
export function beforeRun({ name, key, ping }: NotifiableRun): void {
  if (ping === undefined) return;
  quietly(`nobody is told that ${name} began`, () => {
    const isComing = withoutWaiting(() => addStart(name, key, ping));
    if (!isComing) startSender();
  });
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
export function afterRun(run: NotifiableRun, untold: PendingNotice | undefined): void {
  quietly(`${run.name}'s log is not rotated`, rotateOwnLog);
  if (untold === undefined) return;
  try {
    if (withoutWaiting(() => hasNews(run.key))) startSender();
  } catch (error) {
    // Whoever has the ledger lets go of it, and a new process finds the driver that a deployment replaced.
    warn(`how ${run.name} went is told later: ${error.message}`);
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

/** cron's `>> X.log` has a file that is too large open now; the next run gets a new one. */
function rotateOwnLog(): void {
  const limits = logLimits();
  if ((outputSize() ?? 0) <= limits.maxBytes) return;
  const file = outputFile()?.file;
  if (file?.startsWith(`${paths.logs}${sep}`) && file.endsWith(".log")) rotateLogs([file], limits);
}

/** Book-keeping never changes how a run ends. */
function quietly(failure: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    warn(`${failure}: ${error.message}`);
  }
}
