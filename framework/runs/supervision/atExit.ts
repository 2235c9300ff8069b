import { sep } from "node:path";
import { logLimits, paths } from "../../config/config";
import { lostOutput, outputFile, outputSize, warn } from "../../process/output";
import { monotonicMs } from "../../process/thisProcess";
import { firstLoggedError } from "../../services/log/firstError";
import { errorText } from "../../text/errorText";
import { isLossTrouble, lossText } from "../history/runText";
import type { PendingNotice, RunResult } from "../ledger/journal";
import { type NotifiableRun, pendingNoticeOf, type RunRecord } from "../ledger/record";
import type { HeldLock } from "../lock/lock";
import { rotateLogs } from "../logs/rotateLogs";
import { endDescendants } from "../nesting/descendants";
import { afterRun } from "../notices/afterRun";
import { startSender } from "../notices/startSender";
import { isWorthRetrying, type Retries, retryUntilDone } from "./retry";
import type { LimitState } from "./watchdogOrders";

/** The signals that end a run. POSIX defines their numbers, so node:os need not be loaded. */
export const signalNumbers = { SIGTERM: 15, SIGINT: 2, SIGHUP: 1 } as const;
export const endingSignals = Object.keys(signalNumbers) as (keyof typeof signalNumbers)[];

/** A run to be supervised. */
export interface Supervision {
  name: string;
  startedAt: number;
  /** The time limit in milliseconds; null for no limit. */
  timeoutMs: number | null;
  /** The run's record in the journal; undefined for a source file run by hand. */
  record?: RunRecord | undefined;
  /** How often this process retries the command after a failure. */
  retries?: Retries | undefined;
  /** The command's lock, which the retries inherit. */
  lock?: HeldLock | undefined;
  /** The facts that the run's notices need; undefined if the run's end needs no notification. */
  notifiable?: NotifiableRun | undefined;
  /** The value of the environment variable that marks every process the run starts. */
  mark: string;
  /** The scheduled time that the run was started for, if known. */
  due?: number | null;
  /** Whether the work must wait for `confirm`. Until then, failures are not retried. */
  awaitsClaim?: boolean;
}

/** The state of a supervised run. */
export interface RunState {
  notes: RunNotes;
  /** When the run began, in `monotonicMs` time. */
  began: number;
  timedOut: boolean;
  isSkipped: boolean;
  /**
   * Whether the run has claimed its scheduled time, if it has to. A run without its claim is not retried, because
   * retries make no claims.
   */
  isClaimed: boolean;
  /** The exit status set by a signal or the time limit. */
  endStatus: number | undefined;
  controller: AbortController | undefined;
  limit: LimitState | undefined;
}

export function newState({ startedAt, awaitsClaim = false }: Supervision): RunState {
  return {
    notes: runNotes(),
    began: monotonicMs() - Math.max(0, Date.now() - startedAt),
    timedOut: false,
    isSkipped: false,
    isClaimed: !awaitsClaim,
    endStatus: undefined,
    controller: undefined,
    limit: undefined,
  };
}

/** Called when the process exits: records how the run ended, retries it, and notifies. */
export function atExit(run: Supervision, state: RunState, status: number): void {
  if (state.timedOut) endDescendants(process.pid, run.mark);
  const isRetried = willRetry(run, state, status);
  const pending = closeRun(run, state, { status, isRetried });
  if (isRetried) process.exitCode = retry(run, state, status);
  if (run.notifiable === undefined || state.isSkipped) return;
  // A run that has timed out must exit soon, so leave the notification to a separate process.
  const isLate = state.timedOut && !isRetried && pending !== undefined;
  if (isLate) return void startSender();
  rotateOwnLog(run.name);
  if (pending !== undefined) afterRun(run.notifiable);
}

function willRetry({ retries }: Supervision, { isSkipped, isClaimed }: RunState, status: number) {
  return status !== 0 && !isSkipped && isClaimed && retries !== undefined && isWorthRetrying(status);
}

/** Records the end of the run. Returns the notification that is due. */
function closeRun(
  run: Supervision,
  state: RunState,
  { status, isRetried }: Ending,
): PendingNotice | undefined {
  const { name, record, notifiable } = run;
  const { notes, isSkipped } = state;
  const ending = endingOf(state, status);
  const isBad = ending === "failed" || ending === "timed_out";
  const lost = lostOutput();
  const isNews = isBad || (lost !== undefined && isLossTrouble(lost));
  const isSilent = notifiable === undefined || isSkipped;
  const pending = isSilent ? undefined : pendingNoticeOf(notifiable, { isNews, isRetried });
  record?.close({
    ...usedResources(),
    ...notes.atEnd(isBad),
    state: ending,
    exitStatus: status,
    finishedAt: Date.now(),
    logTo: outputSize(),
    lostOutput: lost,
    untold: pending,
    durationMs: Math.round(monotonicMs() - state.began),
  });
  if (lost !== undefined) warn(`${name} ${lossText(lost)}`);
  return pending;
}

/**
 * The resources used by this process, without its children. Reading them takes a thousandth of the time in which Node
 * starts.
 */
function usedResources(): { cpuMs: number; peakMemory: number } {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuMs: Math.round((userCPUTime + systemCPUTime) / 1_000), peakMemory: maxRSS * 1_024 };
}

function endingOf({ isSkipped, timedOut }: RunState, status: number) {
  if (isSkipped) return "skipped";
  if (timedOut) return "timed_out";
  return status === 0 ? "succeeded" : "failed";
}

interface Ending {
  status: number;
  isRetried: boolean;
}

/** Returns the status of the last attempt. */
function retry({ name, record, lock, retries }: Supervision, { limit }: RunState, status: number): number {
  if (limit !== undefined) limit.is = "over";
  // Restore default signal handling: the event loop no longer runs, so handlers would never fire.
  for (const signal of endingSignals) process.removeAllListeners(signal);
  return retryUntilDone({ name, key: record?.key, lock }, status, retries as Retries);
}

/** Rotates a log that is too large. This process keeps writing to the old file; the next run gets a new one. */
function rotateOwnLog(name: string): void {
  try {
    const limits = logLimits();
    if ((outputSize() ?? 0) <= limits.maxBytes) return;
    const file = outputFile()?.file;
    if (file?.startsWith(`${paths.logs}${sep}`) && file.endsWith(".log")) rotateLogs([file], limits);
  } catch (error) {
    warn(`could not rotate ${name}'s log: ${error.message}`);
  }
}

/** What a run reports about itself while it is running. */
interface RunNotes {
  noteResult(result: RunResult): void;
  noteError(error: unknown): void;
  noteErrorText(text: string): void;
  /** What goes into the run's record. Omits errors that a successful run logged. */
  atEnd(isBad: boolean): RunResult & { error?: string | undefined; loggedError?: string | undefined };
}

function runNotes(): RunNotes {
  let result: RunResult = {};
  let error: string | undefined;
  let loggedError: string | undefined;
  const noteErrorText = (text: string) => {
    if (error !== undefined) return;
    error = text;
    // Keep only errors logged before this one, because errors logged later only repeat it.
    loggedError = firstLoggedError();
  };
  return {
    noteResult(said) {
      result = said;
    },
    noteError: (thrown) => {
      if (error === undefined) noteErrorText(errorText(thrown));
    },
    noteErrorText,
    atEnd(isBad) {
      const cause = error === undefined ? firstLoggedError() : loggedError;
      return { ...result, error, loggedError: isBad ? cause : undefined };
    },
  };
}
