import type { NotifiableRun } from "../ledger/record";

/** How long the command's own thread may take to notice its time limit, in milliseconds. */
export const lateMs = 400;

/** After how long what it has started is told to end, where nobody tidies up first. What does not, ends with it. */
export const warnMs = 100;

/**
 * What the two threads of a command say to each other, in three 32-bit numbers. The command's own first says of its
 * time limit: nothing yet, that it ends itself, or that it has ended. Then whether it listens to its signal, and so
 * tidies up before what it has started ends. The watchdog says in the third that it has started.
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

  get tidiesUp(): boolean {
    return Atomics.load(this.#numbers, 1) === 1;
  }

  /** Blocks until the watchdog has started; false when it has not after so many milliseconds. */
  isWatchedWithin(ms: number): boolean {
    return Atomics.wait(this.#numbers, 2, 0, ms) !== "timed-out";
  }

  noteTidyingUp(): void {
    Atomics.store(this.#numbers, 1, 1);
  }
}

const words = ["running", "noticed", "over"] as const;

/** What the watchdog thread is told when it starts. */
export interface WatchdogOrders {
  timeoutMs: number;
  /** When it passes, on the clock of `monotonicMs`: on a busy machine the thread itself starts a good while later. */
  limitAt: number;
  /** How long the command may take to end after it was aborted. */
  graceMs: number;
  name: string;
  /** Its key in the journal, if it is recorded. */
  key: string | null;
  /** Whose end is told where the command's notices go. */
  notifiable: NotifiableRun | undefined;
  /** What the environment of everything it starts carries. */
  mark: string;
  /** The memory of a `LimitState`. */
  shared: SharedArrayBuffer;
}
