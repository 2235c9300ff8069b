import { existsSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config";
import { require } from "../services/require";
import { limitStates, monotonicMs, type WatchdogOrders } from "./watchdogOrders";

/** The longest delay that setTimeout takes; a longer limit than 24 days is no limit. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Calls `onLimit` after the time limit, and sets a watchdog thread beside it that ends the process where the
 * event loop is blocked. A source tried by hand has no watchdog, only the timer. Returns what calls it off.
 */
export function watchTime(
  orders: Omit<WatchdogOrders, "noticed" | "limitAt">,
  onLimit: () => void,
): () => void {
  if (orders.timeoutMs > longestTimerMs) return () => {};
  const noticed = new SharedArrayBuffer(4);
  const file = join(paths.build, "watchdog.js");
  if (orders.key !== null && existsSync(file)) {
    startWatchdog(file, { ...orders, limitAt: monotonicMs() + orders.timeoutMs, noticed });
  }
  setTimeout(() => {
    Atomics.store(new Int32Array(noticed), 0, limitStates.noticed);
    onLimit();
  }, orders.timeoutMs).unref();
  return () => {
    Atomics.store(new Int32Array(noticed), 0, limitStates.over);
  };
}

function startWatchdog(file: string, orders: WatchdogOrders): void {
  const { Worker } = require("node:worker_threads") as typeof import("node:worker_threads");
  const watchdog = new Worker(file, { workerData: orders });
  watchdog.unref();
  // Without it the limit still holds for everything that lets the event loop turn.
  watchdog.on("error", (error) => process.emitWarning(`the time limit's watchdog ended: ${error.message}`));
}
