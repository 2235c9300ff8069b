import type { NotifiableRun } from "../ledger/record";

/** How long the main thread may take to notice the limit, in milliseconds. */
export const lateMs = 400;

/**
 * How long after the limit the run's child processes get SIGTERM, in milliseconds, unless the command itself cleans up.
 */
export const warnMs = 100;

/**
 * The state that the main thread and the watchdog share, in three 32-bit numbers. The main thread sets the
 * first two. The first is the state of the time limit: 0 not reached, 1 reached and the command is exiting, 2
 * the run has ended. The second is 1 if the command listens to its signal and so needs time to clean up. The
 * watchdog sets the third to 1 once it has started.
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

  /** Blocks until the watchdog has started; false if that takes longer than this many milliseconds. */
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
  /** How long the command may take to exit after its signal is aborted, in milliseconds. */
  graceMs: number;
  name: string;
  /** The run's key in the journal, if it is recorded. */
  key: string | null;
  /** The facts that the run's notices need; undefined if the run's end needs no notification. */
  notifiable: NotifiableRun | undefined;
  /** The value of the environment variable that marks every process the run starts. */
  mark: string;
  /** The memory of a `LimitState`. */
  shared: SharedArrayBuffer;
}
