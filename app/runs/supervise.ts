import { constants } from "node:os";
import { errorText } from "./errorText";
import { outputSize } from "./outputFile";
import type { RunRecord } from "./record";

const endingSignals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** How long a command that listens to its signal may take to end after it was aborted. */
const graceMs = 5_000;
const timedOutStatus = 124;
/** The longest delay that setTimeout takes; a longer limit than 24 days is no limit. */
const longestTimerMs = 2 ** 31 - 1;

export interface Supervision {
  startedAt: number;
  /** The longest the run may take, in milliseconds; null for no limit. */
  timeoutMs: number | null;
  /** The open row in the ledger. A source tried by hand has none. */
  record?: RunRecord | undefined;
}

/** The run that this process is. */
export interface ActiveRun {
  readonly id: number | null;
  readonly startedAt: number;
  /** Made at its first use: a command that never asked for it is not waited for when it has to end. */
  signal(): AbortSignal;
  /** Keeps a sentence about what was done. */
  noteMessage(message: string | undefined): void;
  noteError(error: unknown): void;
  /** Ends the process, with this status unless the run was told to end before (time limit, signal). */
  exit(status: number): never;
}

/**
 * Follows this process from here to its end, whatever ends it: return, throw, process.exit anywhere, an
 * unhandled rejection, a signal, the time limit. (After SIGKILL the row stays open; the next reader of the
 * ledger finds that its process is gone.)
 */
export function supervise({ startedAt, timeoutMs, record }: Supervision): ActiveRun {
  const notes: { message?: string; error?: string } = {};
  let controller: AbortController | undefined;
  let timedOut = false;
  let endStatus: number | undefined;

  const end = (status: number, reason: string) => {
    notes.error ??= reason;
    endStatus ??= status;
    if (controller === undefined || controller.signal.aborted) process.exit(endStatus);
    setTimeout(() => process.exit(endStatus), graceMs).unref();
    process.exitCode = endStatus;
    controller.abort(new Error(reason));
  };

  process.on("uncaughtExceptionMonitor", (error) => {
    notes.error ??= errorText(error);
  });
  process.on("exit", (status) => {
    const state = timedOut ? "timed_out" : status === 0 ? "succeeded" : "failed";
    record?.close({ ...notes, state, exitStatus: status, finishedAt: Date.now(), logTo: outputSize() });
  });
  for (const signal of endingSignals) {
    process.on(signal, () => {
      // A script with a handler of its own decides itself how it ends.
      if (process.listenerCount(signal) > 1) notes.error ??= `received ${signal}`;
      else end(128 + constants.signals[signal], `ended by ${signal}`);
    });
  }
  if (timeoutMs !== null && timeoutMs <= longestTimerMs) {
    setTimeout(() => {
      timedOut = true;
      end(timedOutStatus, `ran longer than its time limit of ${timeoutMs / 1000} s`);
    }, timeoutMs).unref();
  }

  return {
    id: record?.id ?? null,
    startedAt,
    signal() {
      controller ??= new AbortController();
      return controller.signal;
    },
    noteMessage(message) {
      notes.message = message;
    },
    noteError(error) {
      notes.error ??= errorText(error);
    },
    exit: (status) => process.exit(endStatus ?? status),
  };
}
