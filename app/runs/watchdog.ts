import { workerData } from "node:worker_threads";
import { endDescendants } from "./descendants";
import { closeRecord } from "./record";
import { startSender } from "./startSender";
import { type Untold, untoldOf } from "./untold";
import { lateMs, limitStates, monotonicMs, type WatchdogOrders } from "./watchdogOrders";

// The thread beside a command with a time limit: it ends the process when the command's own thread cannot,
// because it blocks its event loop or does not come to an end after it was told to.

const { name, timeoutMs, limitAt, graceMs, key, told, mark, noticed } = workerData as WatchdogOrders;

const killedStatus = 137;

const state = () => Atomics.load(new Int32Array(noticed), 0);

setTimeout(
  () => {
    if (state() === limitStates.noticed) setTimeout(endProcess, graceMs);
    else endProcess();
  },
  limitAt + lateMs - monotonicMs(),
);

function endProcess(): void {
  // The run has ended, and its process waits for its retries, which have limits of their own.
  if (state() === limitStates.over) return;
  try {
    endDescendants(process.pid, mark);
    const untold = told && untoldOf(told, { isBad: true, isRetried: false });
    if (key !== null) record(key, untold);
    if (untold !== undefined) startSender();
  } finally {
    process.kill(process.pid, "SIGKILL");
  }
}

function record(key: string, untold: Untold | undefined): void {
  const error = `ran longer than its time limit of ${timeoutMs / 1000} s, and only SIGKILL could end it`;
  const end = { state: "timed_out", exitStatus: killedStatus, error, finishedAt: Date.now() } as const;
  closeRecord(name, key, { ...end, untold });
}
