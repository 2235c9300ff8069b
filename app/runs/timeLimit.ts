import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config";
import { require } from "../services/require";
import { LimitState, monotonicMs, type WatchdogOrders } from "./watchdogOrders";

/** The longest delay that setTimeout takes; a longer limit than 24 days is no limit. */
const longestTimerMs = 2 ** 31 - 1;

/** For how long the watchdog only waits, in milliseconds: most runs are over before it has to load what it works with. */
const idleMs = 1_000;

/**
 * Calls `onLimit` after the time limit, and sets a watchdog thread beside it that ends the process where the
 * event loop is blocked. A source tried by hand has no watchdog, only the timer. Returns what it has to be told.
 */
export function watchTime(
  orders: Omit<WatchdogOrders, "shared" | "limitAt">,
  onLimit: () => void,
): LimitState | undefined {
  if (orders.timeoutMs > longestTimerMs) return undefined;
  const state = new LimitState();
  if (orders.key !== null) {
    startWatchdog({ ...orders, limitAt: monotonicMs() + orders.timeoutMs, shared: state.shared });
  }
  setTimeout(() => {
    state.is = "noticed";
    onLimit();
  }, orders.timeoutMs).unref();
  return state;
}

function startWatchdog(orders: WatchdogOrders): void {
  const file = join(paths.build, "watchdog.js");
  const text = textOrNone(file);
  if (text === undefined) return;
  const { Worker } = require("node:worker_threads") as typeof import("node:worker_threads");
  const words = [file, text, Math.min(idleMs, orders.timeoutMs / 2)].map((word) => JSON.stringify(word));
  // What it says it writes itself. Handing on its streams would make those of this process, which most never touch.
  const options = { eval: true, workerData: orders, stdout: true, stderr: true };
  const watchdog = new Worker(`(${waitAndLoad})(${words})`, options);
  watchdog.unref();
  // Without it the limit still holds for everything that lets the event loop turn.
  watchdog.on("error", (error) => process.emitWarning(`the time limit's watchdog ended: ${error.message}`));
}

/** Its text is read before: a run that began keeps its code, whatever a build does meanwhile. */
const waitAndLoad = `(file, text, delay) => setTimeout(() => {
  const module = new (require("node:module"))(file);
  module.filename = file;
  module._compile(text, file);
}, delay)`;

function textOrNone(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // Not built: a source that is tried by hand.
  }
}
