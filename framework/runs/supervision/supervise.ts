import { lostOutput, outputSize, warn } from "../../process/output";
import { monotonicMs } from "../../process/thisProcess";
import { idOfRun } from "../history/findRuns";
import { isLossTrouble, lossText } from "../history/runText";
import type { RunResult } from "../ledger/journal";
import type { RunRecord } from "../ledger/record";
import { type NotifiableRun, pendingNoticeOf } from "../ledger/record";
import type { HeldLock } from "../lock/lock";
import { endDescendants } from "../nesting/descendants";
import type { PartPort } from "../nesting/partPort";
import { afterRun, beforeRun } from "../notices/afterRun";
import { startSender } from "../notices/startSender";
import { noteForeignRejection } from "./foreignRejection";
import { isWorthRetrying, type Retries, retryUntilDone } from "./retry";
import { runNotes } from "./runNotes";
import { watchTime } from "./timeLimit";
import type { LimitState } from "./watchdogOrders";

/** The signals that end a run, with their numbers, which are POSIX's own: node:os is not loaded for them. */
const signalNumbers = { SIGTERM: 15, SIGINT: 2, SIGHUP: 1 } as const;
const endingSignals = Object.keys(signalNumbers) as (keyof typeof signalNumbers)[];

/** How long a command that listens to its signal may take to end after it was aborted. */
const graceMs = 5_000;
const timedOutStatus = 124;

export interface Supervision {
  name: string;
  startedAt: number;
  /** The longest the run may take, in milliseconds; null for no limit. */
  timeoutMs: number | null;
  /** Its record in the journal. A source tried by hand has none. */
  record?: RunRecord | undefined;
  /** How often this process tries again after a failure. */
  retries?: Retries | undefined;
  /** The command's lock, where it has one, for the retries. */
  lock?: HeldLock | undefined;
  /** Whose end is told where the command's notices go. */
  told?: NotifiableRun | undefined;
  /** What everything that the run starts carries in its environment. */
  mark: string;
  /** The scheduled moment that it was started for, where that is known. */
  due?: number | null;
  /** Whether its work may begin only after `confirm`. Until then nothing is tried again. */
  awaitsClaim?: boolean;
}

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
export function supervise({
  name,
  startedAt,
  timeoutMs,
  record,
  retries,
  lock,
  told,
  mark,
  due = null,
  awaitsClaim = false,
}: Supervision): ActiveRun {
  const notes = runNotes();
  let controller: AbortController | undefined;
  let timedOut = false;
  let isSkipped = false;
  // A retry claims nothing, so a start that has not claimed has none.
  let isClaimed = !awaitsClaim;
  let endStatus: number | undefined;
  const began = monotonicMs() - Math.max(0, Date.now() - startedAt);
  let limit: LimitState | undefined;

  const end = (status: number, reason: string) => {
    notes.noteErrorText(reason);
    endStatus ??= status;
    warn(`${name} ${reason}`);
    if (controller === undefined || controller.signal.aborted) process.exit(endStatus);
    setTimeout(() => process.exit(endStatus), graceMs).unref();
    process.exitCode = endStatus;
    controller.abort(new Error(reason));
  };

  process.on("uncaughtExceptionMonitor", notes.noteError);
  noteForeignRejection((text) => {
    notes.noteErrorText(text);
    warn(`${name} ${text}`);
  });
  process.on("exit", (status) => {
    const state = isSkipped ? "skipped" : timedOut ? "timed_out" : status === 0 ? "succeeded" : "failed";
    if (timedOut) endDescendants(process.pid, mark);
    const mayRetry = status !== 0 && !isSkipped && isClaimed;
    const isRetried = mayRetry && retries !== undefined && isWorthRetrying(status);
    const isTold = told !== undefined && !isSkipped;
    const isBad = state !== "succeeded" && !isSkipped;
    const lost = lostOutput();
    const untold = isTold
      ? pendingNoticeOf(told, { isNews: isBad || (lost !== undefined && isLossTrouble(lost)), isRetried })
      : undefined;
    const end = {
      state,
      exitStatus: status,
      finishedAt: Date.now(),
      logTo: outputSize(),
      lostOutput: lost,
      untold,
    } as const;
    record?.close({ ...notes.atEnd(isBad), ...end, durationMs: Math.round(monotonicMs() - began) });
    if (lost !== undefined) warn(`${name} ${lossText(lost)}`);
    if (isRetried) {
      if (limit !== undefined) limit.is = "over";
      // From here on nothing can be handled any more: a signal has to end the process by itself.
      for (const signal of endingSignals) process.removeAllListeners(signal);
      process.exitCode = retryUntilDone({ name, key: record?.key, lock }, status, retries);
    }
    // What is over its time is to be gone soon: the sender does it all.
    if (timedOut && !isRetried && untold !== undefined) startSender();
    else if (isTold) afterRun(told, untold);
  });
  for (const signal of endingSignals) {
    process.on(signal, () => {
      // A script with a handler of its own decides itself how it ends.
      if (process.listenerCount(signal) > 1) notes.noteErrorText(`received ${signal}`);
      else end(128 + signalNumbers[signal], `ended by ${signal}`);
    });
  }
  if (timeoutMs !== null) {
    limit = watchTime({ timeoutMs, graceMs, name, key: record?.key ?? null, told, mark }, () => {
      timedOut = true;
      end(timedOutStatus, `ran longer than its time limit of ${timeoutMs / 1000} s`);
    });
  }

  return {
    get id() {
      return record === undefined ? null : (idOfRun(record.key) ?? null);
    },
    startedAt,
    due,
    awaitsClaim,
    confirm() {
      isClaimed = true;
      if (told !== undefined) beforeRun(told);
    },
    skip(reason) {
      isSkipped = true;
      notes.noteResult({ message: reason });
      warn(`${name} is skipped: ${reason}`);
      process.exit(0);
    },
    signal() {
      controller ??= new AbortController();
      limit?.noteTidyingUp();
      return controller.signal;
    },
    noteResult: notes.noteResult,
    noteError: notes.noteError,
    exit: (status) => process.exit(endStatus ?? status),
  };
}
