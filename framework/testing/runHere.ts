import { commandTimeout } from "../config/config";
import { parseDuration } from "../config/duration";
import { warn, writeAll } from "../process/output";
import type { RunResult } from "../runs/ledger/journal";
import type { ActiveRun } from "../runs/supervision/supervise";
import { commandHelp } from "../start/commandHelp";
import { type CommandDefinition, carryOut, wantsHelp } from "../start/runCommand";
import { type Capture, type Captured, capturing } from "./captured/captured";
import { Exited } from "./captured/divert";
import type { TestRun } from "./testRun";

/**
 * How long a command that uses its signal may take to clean up, in milliseconds. The same as in
 * framework/runs/supervision/supervise.ts.
 */
const graceMs = 5_000;
const timedOutStatus = 124;
const terminatedStatus = 143;
const longestTimerMs = 2 ** 31 - 1;

/** Options for runHere. */
export interface RunHere {
  argv: readonly string[];
  name?: string;
  timeout?: string;
  signal?: AbortSignal;
  /** Aborted when the test has ended, which ends the run immediately. */
  abandoned: AbortSignal;
  capture: Capture;
}

type Ended = Omit<TestRun, keyof Captured>;

/** Runs a command in this process. Returns the exit status and result that a separate process would have had. */
export async function runHere(definition: CommandDefinition, given: RunHere): Promise<Ended> {
  const { name = "Command", capture } = given;
  const argv = [...given.argv];
  if (wantsHelp(argv, definition.options)) {
    writeAll(1, `${commandHelp({ name, ...definition })}\n`);
    return { exitStatus: 0, isTimedOut: false };
  }
  const { timeout = definition.timeout ?? commandTimeout()?.text } = given;
  const ends = endings(name, capture, millisecondsOf(timeout));
  capture.onExit = (status) => {
    ends.finish(status);
    capture.isOver = true;
  };
  const stop = [limited(ends), abortable(given.signal, ends)];
  given.abandoned.addEventListener("abort", ends.abandon);
  const exitCode = process.exitCode;
  process.exitCode = undefined;
  try {
    void carryOut(definition, { name, argv, run: ends.run }).then(({ status }) => ends.finish(status));
    return await ends.ended;
  } finally {
    process.exitCode = exitCode;
    for (const undo of stop) undo();
  }
}

function millisecondsOf(timeout: string | false | undefined): number {
  return timeout ? parseDuration(timeout) : Number.POSITIVE_INFINITY;
}

/** Measures real time, even if the test freezes the clock. */
const elapsedMs = performance.now.bind(performance);

type Endings = ReturnType<typeof endings>;

/**
 * Waits for whatever ends the run first: run() returns or throws, process.exit is called, or the timeout or the signal
 * fires.
 */
function endings(name: string, capture: Capture, limitMs: number) {
  const startedAt = Date.now();
  const begunAt = elapsedMs();
  let controller: AbortController | undefined;
  let result: RunResult = {};
  let error: unknown;
  let told: { status: number; isTimedOut: boolean } | undefined;
  let resolve: (ended: Ended) => void;
  const ended = new Promise<Ended>((done) => {
    resolve = done;
  });
  const end = (exitStatus: number) =>
    resolve({
      message: result.message,
      processed: result.processed,
      failed: result.failed,
      exitStatus: told?.status ?? exitStatus,
      error: asError(error),
      isTimedOut: told?.isTimedOut ?? false,
    });
  const run: ActiveRun = {
    id: null,
    startedAt,
    due: null,
    awaitsClaim: false,
    confirm() {},
    skip: (reason) => process.exit(warn(`skipped ${name}: ${reason}`) ?? 0),
    signal() {
      controller ??= new AbortController();
      return controller.signal;
    },
    noteResult(said) {
      result = said;
    },
    noteError(thrown) {
      if (!(thrown instanceof Exited)) error ??= thrown;
    },
    exit: (status) => process.exit(status),
  };
  /** Stops the run: immediately, or after some time to clean up if the command uses its signal. */
  const tell = (status: number, reason: string, isTimedOut: boolean) => {
    if (told !== undefined) return;
    told = { status, isTimedOut };
    error ??= new Error(`${name} ${reason}`);
    // The caller may abort its signal outside of this run, so assign the output to the run here.
    capturing(capture, () => warn(`${name} ${reason}`));
    if (controller === undefined) return end(status);
    setTimeout(() => end(status), graceMs).unref();
    controller.abort(new Error(reason));
  };
  const timeOut = () => tell(timedOutStatus, `timed out after ${limitMs / 1000} s`, true);
  return {
    run,
    ended,
    limitMs,
    tell,
    timeOut,
    finish(status: number) {
      // The command blocked the event loop, so the timer could not fire.
      if (elapsedMs() - begunAt >= limitMs) timeOut();
      end(status);
    },
    abandon() {
      controller?.abort(new Error("its test has ended"));
      end(terminatedStatus);
    },
  };
}

function asError(thrown: unknown): Error | undefined {
  return thrown === undefined || thrown instanceof Error
    ? thrown
    : new Error(String(thrown), { cause: thrown });
}

function limited({ limitMs, timeOut }: Endings): () => void {
  if (limitMs > longestTimerMs) return () => {};
  const timer = setTimeout(timeOut, limitMs);
  return () => clearTimeout(timer);
}

function abortable(signal: AbortSignal | undefined, ends: Endings): () => void {
  const end = () => ends.tell(terminatedStatus, "ended by SIGTERM", false);
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end);
  return () => signal?.removeEventListener("abort", end);
}
