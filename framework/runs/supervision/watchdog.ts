import { workerData } from "node:worker_threads";
import { monotonicMs } from "../../process/thisProcess";
import type { PendingNotice } from "../ledger/journal";
import { closeRecord, pendingNoticeOf } from "../ledger/record";
import { killDescendants, type Warned, warnDescendants } from "../nesting/descendants";
import { startSender } from "../notices/startSender";
import { LimitState, lateMs, type WatchdogOrders, warnMs } from "./watchdogOrders";

// A thread that enforces a command's time limit. It kills the process if the main thread cannot end it, because the command
// blocks the event loop or does not exit when asked to.

const { name, timeoutMs, limitAt, graceMs, key, notifiable, mark, shared } = workerData as WatchdogOrders;

const killedStatus = 137;
const state = new LimitState(shared);
let warned: Warned | undefined;

after(warnMs, () => {
  // A command that listens to its signal may need its child processes to clean up.
  if (state.is === "running" && !state.cleansUp) warned = warnDescendants(process.pid, mark);
});
after(lateMs, () => {
  if (state.is === "noticed") setTimeout(endProcess, graceMs);
  else endProcess();
});

function after(ms: number, work: () => void): void {
  setTimeout(work, limitAt + ms - monotonicMs());
}

function endProcess(): void {
  // The run has ended, and its process is waiting for retries, which have their own time limits.
  if (state.is === "over") return;
  try {
    // The command may have started more processes since the first warning.
    if (warned === undefined || warned.processes.length === 0) warned = warnDescendants(process.pid, mark);
    const pending = notifiable && pendingNoticeOf(notifiable, { isNews: true, isRetried: false });
    if (key !== null) record(key, pending);
    killDescendants(process.pid, mark, warned);
    // Start the sender only now: earlier, it would have been killed with the descendants.
    if (pending !== undefined) startSender();
  } finally {
    process.kill(process.pid, "SIGKILL");
  }
}

function record(key: string, pending: PendingNotice | undefined): void {
  const error = `timed out after ${timeoutMs / 1000} s and had to be killed (SIGKILL)`;
  const end = { state: "timed_out", exitStatus: killedStatus, error, finishedAt: Date.now() } as const;
  const durationMs = Math.round(monotonicMs() - limitAt + timeoutMs);
  closeRecord(name, key, { ...end, durationMs, untold: pending });
}
