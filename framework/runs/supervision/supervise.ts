import { warn } from "../../process/output";
import { errorText } from "../../text/errorText";
import { isError } from "../../text/isError";
import { idOfRun } from "../history/findRuns";
import type { RunResult } from "../ledger/journal";
import type { PartPort } from "../nesting/partPort";
import { beforeRun } from "../notices/afterRun";
import { atExit, endingSignals, newState, type RunState, type Supervision, signalNumbers } from "./atExit";
import { watchTime } from "./timeLimit";

/** How long a command that listens to its signal may take to exit after the signal is aborted, in milliseconds. */
const graceMs = 5_000;
const timedOutStatus = 124;

/** The run of this process. */
export interface ActiveRun {
  /** The run's id in the ledger, looked up only when needed. */
  readonly id: number | null;
  readonly startedAt: number;
  /** The scheduled time that the run was started for, if known (milliseconds since the epoch). */
  readonly due: number | null;
  /** Whether the run must claim its scheduled time in the shared store before its work begins. */
  readonly awaitsClaim: boolean;
  /** The connection of a part to the run that started it; undefined in any other run. */
  readonly port?: PartPort;
  /** Starts the work, once this server has claimed the scheduled time. */
  confirm(): void;
  /** Records a skipped start with this reason, and exits. */
  skip(reason: string): never;
  /** The run's abort signal, created on first use. A command that never asks for it gets no time to clean up. */
  signal(): AbortSignal;
  /** Stores what the run reports about its work. */
  noteResult(result: RunResult): void;
  noteError(error: unknown): void;
  /** Exits with this status, unless the time limit or a signal has already set another. */
  exit(status: number): never;
}

/**
 * Watches this process until it ends, for any reason: return, throw, process.exit anywhere, an unhandled rejection, a
 * signal or the time limit. After SIGKILL, the run's row stays open until the next reader of the ledger marks the run
 * as lost.
 */
export function supervise(run: Supervision): ActiveRun {
  const state = newState(run);
  noteThrown(run, state);
  process.on("exit", (status) => atExit(run, state, status));
  endOnSignals(run, state);
  endAtLimit(run, state);
  return activeRun(run, state);
}

function activeRun(
  { record, startedAt, due = null, awaitsClaim = false, ...run }: Supervision,
  state: RunState,
): ActiveRun {
  return {
    get id() {
      return record === undefined ? null : (idOfRun(record.key) ?? null);
    },
    startedAt,
    due,
    awaitsClaim,
    confirm() {
      state.isClaimed = true;
      if (run.notifiable?.ping !== undefined) beforeRun(run.notifiable);
    },
    skip(reason) {
      state.isSkipped = true;
      state.notes.noteResult({ message: reason });
      warn(`skipped ${run.name}: ${reason}`);
      process.exit(0);
    },
    signal() {
      state.controller ??= new AbortController();
      state.limit?.noteCleanup();
      return state.controller.signal;
    },
    noteResult: state.notes.noteResult,
    noteError: state.notes.noteError,
    exit: (status) => process.exit(state.endStatus ?? status),
  };
}

function noteThrown({ name }: Supervision, { notes }: RunState): void {
  process.on("uncaughtExceptionMonitor", notes.noteError);
  noteForeignRejection((text) => {
    notes.noteErrorText(text);
    warn(`${name} ${text}`);
  });
}

/**
 * Calls `note` with the reason of an unhandled rejection that is not an Error, which Node's own message shows only as
 * "#<Object>". The process then ends as it would have anyway. Does nothing if the script has a listener of its own.
 */
function noteForeignRejection(note: (text: string) => void): void {
  const event = "unhandledRejection";
  const onRejection = (reason: unknown) => {
    if (process.listenerCount(event) > 1) return;
    process.removeListener(event, onRejection);
    if (!isError(reason)) note(errorText(reason));
    // Reject again instead of throwing: then Node shows the line of the original rejection.
    void Promise.reject(reason);
  };
  process.on(event, onRejection);
}

function endOnSignals(run: Supervision, state: RunState): void {
  for (const signal of endingSignals) {
    process.on(signal, () => {
      // A script with its own handler decides for itself how it ends.
      if (process.listenerCount(signal) > 1) state.notes.noteErrorText(`received ${signal}`);
      else end(run, state, 128 + signalNumbers[signal], `ended by ${signal}`);
    });
  }
}

function endAtLimit(run: Supervision, state: RunState): void {
  const { name, timeoutMs, record, notifiable, mark } = run;
  if (timeoutMs === null) return;
  const orders = { timeoutMs, graceMs, name, key: record?.key ?? null, notifiable, mark };
  state.limit = watchTime(orders, () => {
    state.timedOut = true;
    end(run, state, timedOutStatus, `timed out after ${timeoutMs / 1000} s`);
  });
}

/** A command that listens to its signal gets some time to clean up; any other exits immediately. */
function end({ name }: Supervision, state: RunState, status: number, reason: string): void {
  state.notes.noteErrorText(reason);
  state.endStatus ??= status;
  warn(`${name} ${reason}`);
  const { controller } = state;
  if (controller === undefined || controller.signal.aborted) process.exit(state.endStatus);
  setTimeout(() => process.exit(state.endStatus), graceMs).unref();
  process.exitCode = state.endStatus;
  controller.abort(new Error(reason));
}
