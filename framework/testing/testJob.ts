import { parseDuration } from "../config/duration";
import type { ClaimedJob } from "../queue/engine";
import { type Handler, type HandlerModule, handlerOf } from "../queue/handlers";
import type { JobHandler } from "../queue/job";
import { encode } from "../queue/payload";
import { type Ending, settlementOf } from "../queue/worker/attempt/ending";
import { Execution } from "../queue/worker/attempt/execution";
import { type Captured, capturedBy, capturing, newCapture } from "./captured/captured";
import { atMoment, type Moment } from "./clock";
import { reopenIfClosed } from "./freshApp";
import { inOneTest } from "./openRuns";
import { type FetchStub, withFetch } from "./stubFetch";

/** Options for testJob. */
export interface JobTest {
  /** The number of the attempt (default: 1). If it is the last and fails, the job fails. */
  attempt?: number;
  userId?: number;
  /** The time that the code under test sees. The clock is frozen at it while the job runs. */
  now?: Moment;
  /** Answers the job's fetch requests. */
  fetch?: FetchStub;
  /** A timeout such as "50ms", instead of the job's own. */
  timeout?: string;
  /** The job's type, needed if the handler is a function that doesn't declare its type. */
  type?: string;
}

/** How an attempt ended, and its log lines, output and mails. */
export interface TestedJob<R = unknown> extends Captured {
  /** The state in which the attempt leaves the job: "retry" if it failed and attempts are left. */
  state: "completed" | "retry" | "failed";
  /** The handler's result. */
  result?: R | undefined;
  /** The error that the handler threw, or the timeout error. */
  error?: Error | undefined;
  /** The delay before the next attempt, in milliseconds, without jitter. */
  delay?: number | undefined;
  /** The values that the handler passed to `progress`. */
  progress: unknown[];
  isTimedOut: boolean;
}

/**
 * Runs one job as a worker does: its data is passed through JSON, the timeout applies, and the result says
 * whether the job is retried. It uses this test's own database, mails are captured, and requests never leave
 * this machine.
 *
 * @param job what the handler's file exports: `job(…)`, or the module with an exported `run` (`import * as`).
 */
export async function testJob<T = unknown, R = unknown>(
  job: JobHandler<T, R> | HandlerModule,
  data?: T,
  given: JobTest = {},
): Promise<TestedJob<R>> {
  const { now, fetch } = given;
  try {
    return await inOneTest(`testJob(${typeOf(job, given)})`, (abandoned) =>
      atMoment(now, () => withFetch(fetch, () => attempt<R>(job, data, { ...given, abandoned }))),
    );
  } finally {
    reopenIfClosed();
  }
}

interface Attempt extends JobTest {
  /** Aborted when the test has ended, which ends the attempt. */
  abandoned: AbortSignal;
}

async function attempt<R>(job: unknown, data: unknown, given: Attempt): Promise<TestedJob<R>> {
  const { type, handler } = handlerFor(job, given);
  const claimed = claimedJob(type, data, given);
  const capture = newCapture();
  const progress: unknown[] = [];
  const { ending, isTimedOut } = await capturing(
    capture,
    () =>
      new Promise<{ ending: Ending; isTimedOut: boolean }>((resolve) => {
        const end = (execution: Execution, how: Ending) =>
          resolve({ ending: how, isTimedOut: execution.isTimedOut });
        const execution = new Execution(claimed, handler, {
          stuckAfterMs: 5_000,
          onEnd: (ended, how) => end(ended, how ?? ended.lateEnding),
          onProgress: (_, value) => progress.push(JSON.parse(encode(value, "progress"))),
          onStuck: (stuck) => end(stuck, stuck.lateEnding),
        });
        capture.onExit = (status) => end(execution, { kind: "threw", error: exited(status) });
        given.abandoned.addEventListener("abort", () => {
          const reason = "its test has ended";
          execution.abandon(reason);
          end(execution, { kind: "threw", error: new Error(reason) });
        });
        execution.begin();
      }),
  );
  capture.isOver = true;
  const settled = settlementOf(claimed, handler, ending, { now: Date.now, random: () => 0.5 });
  return {
    state: settled.state,
    delay: settled.state === "retry" ? settled.delay : undefined,
    result: ending.kind === "returned" ? (resultOf(ending.result) as R) : undefined,
    error: ending.kind === "returned" ? undefined : asError(ending.error),
    progress,
    isTimedOut,
    ...capturedBy(capture),
  };
}

function handlerFor(job: unknown, given: JobTest): { type: string; handler: Handler } {
  const { timeout } = given;
  const type = typeOf(job, given);
  const handler = handlerOf(type, moduleOf(job));
  return {
    type,
    handler: timeout === undefined ? handler : { ...handler, timeoutMs: parseDuration(timeout) },
  };
}

function moduleOf(job: unknown): HandlerModule {
  const isModule = (job as HandlerModule).default !== undefined || !("push" in (job as object));
  return (isModule ? job : { default: job }) as HandlerModule;
}

function typeOf(job: unknown, { type }: JobTest): string {
  const declared = (moduleOf(job).default as { name?: unknown } | undefined)?.name;
  return type ?? (typeof declared === "string" ? declared : "Job");
}

function claimedJob(type: string, data: unknown, given: JobTest): ClaimedJob {
  return {
    id: 1,
    type,
    userId: given.userId ?? null,
    data: encode(data, "data"),
    attempt: given.attempt ?? 1,
    createdAt: Date.now(),
    spent: 0,
    crashes: 0,
    priority: 0,
    due: null,
    cron: null,
    retryPolicy: null,
    rescheduleDelay: null,
    rescheduledFromJob: null,
    removeDelay: null,
  };
}

/** The result, converted to JSON and back as when it is stored with the job. Throws if JSON can't represent it. */
function resultOf(result: unknown): unknown {
  return result === undefined ? undefined : JSON.parse(encode(result, "result"));
}

function exited(status: number): Error {
  return new Error(`the handler called process.exit(${status}), which would end its worker`);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
