import type { ToldRun } from "./untold";

/** How long the command's own thread may take to notice its time limit, in milliseconds. */
export const lateMs = 400;

/** What the command's own thread says of its time limit: nothing yet, that it ends itself, or that it has ended. */
export const limitStates = { running: 0, noticed: 1, over: 2 } as const;

/** The clock of all threads of a process, in milliseconds, which nobody sets. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

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
  told: ToldRun | undefined;
  /** What the environment of everything it starts carries. */
  mark: string;
  /** One 32-bit number, of `limitStates`. */
  noticed: SharedArrayBuffer;
}
