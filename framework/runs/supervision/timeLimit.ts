import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../config/config";
import { require } from "../../config/require";
import { warn } from "../../process/output";
import { monotonicMs } from "../../process/thisProcess";
import { LimitState, type WatchdogOrders } from "./watchdogOrders";

/** The longest delay that setTimeout accepts, in milliseconds (24 days). A longer time limit counts as none. */
const longestTimerMs = 2 ** 31 - 1;

/** How long the watchdog waits before it loads its code, in milliseconds: most runs have ended by then. */
const idleMs = 1_000;

/**
 * With fewer free file descriptors than this, the run waits until the watchdog has started. A thread needs about six.
 * If they run out, the thread fails with an error event, which would never arrive if the command blocked the event
 * loop.
 */
const fewDescriptors = 32;

/**
 * How long the run then waits for the watchdog, in milliseconds. On an idle machine, the watchdog starts within 15 ms.
 */
const startMs = 2_000;

/**
 * Calls `onLimit` after the time limit, and starts a watchdog thread that kills the process if the event loop is blocked. A
 * source file run by hand gets only the timer. Returns the state shared with the watchdog.
 */
export function watchTime(
  orders: Omit<WatchdogOrders, "shared" | "limitAt">,
  onLimit: () => void,
): LimitState | undefined {
  if (orders.timeoutMs > longestTimerMs) return undefined;
  const state = new LimitState();
  if (orders.key !== null) {
    startWatchdog({ ...orders, limitAt: monotonicMs() + orders.timeoutMs, shared: state.shared }, state);
  }
  setTimeout(() => {
    state.is = "noticed";
    onLimit();
  }, orders.timeoutMs).unref();
  return state;
}

function startWatchdog(orders: WatchdogOrders, state: LimitState): void {
  const file = join(paths.build, "watchdog.js");
  const text = textOrNone(file);
  if (text === undefined) return;
  const unwatched = (reason: string) =>
    warn(`the time limit of ${orders.name} cannot be enforced while it blocks its event loop: ${reason}`);
  try {
    const { Worker } = require("node:worker_threads") as typeof import("node:worker_threads");
    const words = [file, text, Math.min(idleMs, orders.timeoutMs / 2)].map((word) => JSON.stringify(word));
    // The watchdog writes its messages itself: piping its streams would create process.stdout, which most runs never use.
    const options = { eval: true, workerData: orders, stdout: true, stderr: true };
    const watchdog = new Worker(`(${waitAndLoad})(${words})`, options);
    watchdog.unref();
    watchdog.on("error", (error) => unwatched(`its watchdog thread failed (${error.message})`));
    const isSure = descriptorsLeft() >= fewDescriptors || state.isWatchedWithin(startMs);
    if (!isSure) unwatched("there are too few file descriptors for its watchdog thread (see ulimit -n)");
  } catch (error) {
    unwatched(`its watchdog thread cannot be started (${error.message})`);
  }
}

/** Roughly how many more files this process can open; 0 if unknown. */
function descriptorsLeft(): number {
  try {
    const descriptor = openSync("/proc/self/limits", "r");
    const limits = readFileSync(descriptor, "latin1");
    closeSync(descriptor);
    const soft = /^Max open files +(\S+)/m.exec(limits)?.[1];
    return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft) - descriptor;
  } catch {
    return 0;
  }
}

/** The thread gets its code as text, so that a build during the run cannot replace it. */
const waitAndLoad = `(file, text, delay) => {
  const numbers = new Int32Array(require("node:worker_threads").workerData.shared);
  Atomics.store(numbers, 2, 1);
  Atomics.notify(numbers, 2);
  setTimeout(() => {
    const module = new (require("node:module"))(file);
    module.filename = file;
    module._compile(text, file);
  }, delay);
}`;

function textOrNone(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // There is no build, because this is a source file run by hand.
  }
}
