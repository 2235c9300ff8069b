import type { NotifiableRun } from "../ledger/record";

/** How long after the limit the command's own thread may take to notice it, in milliseconds. */
export const lateMs = 400;

/** How long after the limit its child processes get SIGTERM, unless the command cleans up itself, in milliseconds. */
export const warnMs = 100;

/**
 * What a command's two threads tell each other, in three 32-bit numbers. The command's thread sets the first two: the state
 * of its time limit (not reached, noticed and ending itself, or over), and whether it listens to its signal, so that it needs
 * time to clean up. The watchdog sets the third once it has started.
 */
export class LimitState {
  readonly #numbers: Int32Array;

  constructor(readonly shared = new SharedArrayBuffer(12)) {
    this.#numbers = new Int32Array(shared);
  }

  get is(): "running" | "noticed" | "over" {
    return words[Atomics.load(this.#numbers, 0)] ?? "running";
  }

  set is(word: "running" | "noticed" | "over") {
    Atomics.store(this.#numbers, 0, words.indexOf(word));
  }

  get cleansUp(): boolean {
    return Atomics.load(this.#numbers, 1) === 1;
  }

  /** Blocks until the watchdog has started; false if it has not within this many milliseconds. */
  isWatchedWithin(ms: number): boolean {
    return Atomics.wait(this.#numbers, 2, 0, ms) !== "timed-out";
  }

  noteCleanup(): void {
    Atomics.store(this.#numbers, 1, 1);
  }
}

const words = ["running", "noticed", "over"] as const;

/** What the watchdog thread needs to know. */
export interface WatchdogOrders {
  timeoutMs: number;
  /** When the limit is reached, in `monotonicMs` time, because the thread may start late on a busy machine. */
  limitAt: number;
  /** How long the command may take to exit after it was aborted. */
  graceMs: number;
  name: string;
  /** Its key in the journal, if it is recorded. */
  key: string | null;
  /** The run as its notices need it; undefined if its end is not to be notified. */
  notifiable: NotifiableRun | undefined;
  /** The mark in the environment of everything the run starts. */
  mark: string;
  /** The memory of a `LimitState`. */
  shared: SharedArrayBuffer;
}
