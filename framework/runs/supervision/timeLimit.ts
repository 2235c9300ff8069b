import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../config/config";
import { require } from "../../config/require";
import { warn } from "../../process/output";
import { monotonicMs } from "../../process/thisProcess";
import { LimitState, type WatchdogOrders } from "./watchdogOrders";

/** The longest delay that setTimeout takes; a longer limit than 24 days is no limit. */
const longestTimerMs = 2 ** 31 - 1;

/** For how long the watchdog only waits, in milliseconds: most runs are over before it has to load what it works with. */
const idleMs = 1_000;

/**
 * With fewer descriptors left than this, starting the watchdog is waited for: a thread takes about six, and without
 * them it ends with an error that a blocked event loop never gets to see.
 */
const fewDescriptors = 32;

/** How long it is then waited for, in milliseconds: it starts in 15 on a quiet machine. */
const startMs = 2_000;

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
    warn(`the time limit of ${orders.name} does not hold while it blocks its event loop: ${reason}`);
  try {
    const { Worker } = require("node:worker_threads") as typeof import("node:worker_threads");
    const words = [file, text, Math.min(idleMs, orders.timeoutMs / 2)].map((word) => JSON.stringify(word));
    // What it says it writes itself. Handing on its streams would make those of this process, which most never touch.
    const options = { eval: true, workerData: orders, stdout: true, stderr: true };
    const watchdog = new Worker(`(${waitAndLoad})(${words})`, options);
    watchdog.unref();
    watchdog.on("error", (error) => unwatched(`its watchdog thread ended (${error.message})`));
    const isSure = descriptorsLeft() >= fewDescriptors || state.isWatchedWithin(startMs);
    if (!isSure) unwatched("there are too few file descriptors for its watchdog thread (see ulimit -n)");
  } catch (error) {
    unwatched(`its watchdog thread cannot be started (${error.message})`);
  }
}

/** How many files this process may still open, to a good guess; 0 where that can't be found out. */
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

/** Its text is read before: a run that began keeps its code, whatever a build does meanwhile. */
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
    return undefined; // Not built: a source that is tried by hand.
  }
}
