import { warn } from "../../process/output";
import { errorText } from "../../text/errorText";
import { isError } from "../../text/isError";
import { idOfRun } from "../history/findRuns";
import type { RunResult } from "../ledger/journal";
import type { PartPort } from "../nesting/partPort";
import { beforeRun } from "../notices/afterRun";
import { atExit, endingSignals, newState, type RunState, type Supervision, signalNumbers } from "./atExit";
import { watchTime } from "./timeLimit";

/** How long a command that listens to its signal may take to end after it was aborted. */
const graceMs = 5_000;
const timedOutStatus = 124;

/** The run that this process is. */
export interface ActiveRun {
  /** Its id in the ledger. Looked up when somebody asks. */
  readonly id: number | null;
  readonly startedAt: number;
  /** The scheduled moment that it was started for, where that is known (milliseconds since the epoch). */
  readonly due: number | null;
  /** Whether it has to ask the store that several servers share before its work begins. */
  readonly awaitsClaim: boolean;
  /** Only of a part of a run: how it talks to the run that started it. */
  readonly port?: PartPort;
  /** This server is the one that runs it. */
  confirm(): void;
  /** Ends the process as a start that did nothing, for this reason. */
  skip(reason: string): never;
  /** Made at its first use: a command that never asked for it is not waited for when it has to end. */
  signal(): AbortSignal;
  /** Keeps what the run says it has done. */
  noteResult(result: RunResult): void;
  noteError(error: unknown): void;
  /** Ends the process, with this status unless the run was told to end before (time limit, signal). */
  exit(status: number): never;
}

/**
 * Follows this process from here to its end, whatever ends it: return, throw, process.exit anywhere, an
 * unhandled rejection, a signal, the time limit. (After SIGKILL the row stays open; the next reader of the
 * ledger finds that its process is gone.)
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
      warn(`${run.name} is skipped: ${reason}`);
      process.exit(0);
    },
    signal() {
      state.controller ??= new AbortController();
      state.limit?.noteTidyingUp();
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
 * Calls `note` with what an unhandled rejection threw where that is no Error: Node's own message has only "#<Object>" for
 * it. The process then ends as it would have, and a script that listens to unhandled rejections decides for itself.
 */
function noteForeignRejection(note: (text: string) => void): void {
  const event = "unhandledRejection";
  const onRejection = (reason: unknown) => {
    if (process.listenerCount(event) > 1) return;
    process.removeListener(event, onRejection);
    if (!isError(reason)) note(errorText(reason));
    // Rejected again and not thrown: Node shows the line that threw it first.
    void Promise.reject(reason);
  };
  process.on(event, onRejection);
}

function endOnSignals(run: Supervision, state: RunState): void {
  for (const signal of endingSignals) {
    process.on(signal, () => {
      // A script with a handler of its own decides itself how it ends.
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
    end(run, state, timedOutStatus, `ran longer than its time limit of ${timeoutMs / 1000} s`);
  });
}

/** A command that listens to its signal is given a while to tidy up, any other ends at once. */
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
