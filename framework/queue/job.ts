import type { Knex } from "knex";
import "../config/config";
import type { logDebug, logError, logInfo, logWarn } from "../services/Logger";
import type { Pushed } from "./engine";
import type { JobConfig, JobType } from "./jobConfig";
import type { PushOptions } from "./newJob";

export type { PushOptions } from "./newJob";

/** The context passed to a handler. */
export interface JobContext<T = unknown> {
  data: T;
  job: RunningJob<T>;
  log: { info: typeof logInfo; warn: typeof logWarn; error: typeof logError; debug: typeof logDebug };
  /** Aborted when the job times out, is canceled or taken over, or when the worker must stop. */
  signal: AbortSignal;
  /** Reports progress as any JSON value, which `laju queue:show` prints. The worker stores it with its next write. */
  progress(value: unknown): void;
}

/** The job that a handler is running. */
export interface RunningJob<T = unknown> {
  id: number;
  type: string;
  userId: number | null;
  data: T;
  /** 1 for the first attempt, and one more for each retry. */
  attempt: number;
  createdAt: Date | null;
  /** The job that this one follows: a failed job that is queued again, or the cron job's previous run. */
  rescheduledFromJob: number | null;
}

/** The parameters of a plain `export function run({ app, log, job })`, as in QuickDapp. */
export interface JobParams<T = unknown> extends JobContext<T> {
  app: BootstrappedApp;
  job: RunningJob<T>;
}

// The following types have QuickDapp's names, so that its job files need no changes except for the import.

/** The services that a plain `run` finds in `app`. */
export type BootstrappedApp = typeof import("./services").services;

export type LogInterface = JobContext["log"];

export type WorkerJob<T = unknown> = RunningJob<T>;

/** The names of all handlers. */
export type WorkerJobType = JobType;

/** The configuration passed to `scheduleJob`. */
export type WorkerJobConfig<T = unknown> = JobConfig & { data?: T };

/** What a job's file exports: `export default { attempts: 5, run } satisfies Job`. */
export interface Job<T = unknown> extends JobOptions {
  run: JobRunner<T>;
}

/** The type of a plain `run`: `export const run: JobRunner = async ({ app, log, job }) => { … }`. */
export type JobRunner<T = unknown> = (params: JobParams<T>) => unknown;

/** The data type of a handler in app/jobs. */
export type DataOf<Module> = Module extends { default: JobHandler<infer T, infer _R> }
  ? T
  : Module extends { default: { run(params: { data: infer T }): unknown } }
    ? T
    : Module extends { run(params: { data: infer T }): unknown }
      ? T
      : unknown;

export interface JobDefinition<T, R> extends JobOptions {
  run(context: JobContext<T>): R | Promise<R>;
}

interface JobOptions {
  /** How many attempts a job gets (default 3; 1 for jobs queued by scheduleJob or scheduleCronJob). */
  attempts?: number;
  /** The delay before the first retry, such as "30s" (default "10s"). It doubles with each further retry. */
  backoff?: string;
  /** How long an attempt may take, such as "2m" (default: no limit). */
  timeout?: string;
  /**
   * How many jobs of this type may run at a time, across all workers (default: as many as the workers have slots). With
   * 1, jobs start in the order in which they were queued, except for delayed jobs and retries.
   */
  concurrency?: number;
}

export interface JobPushOptions extends PushOptions {
  /** Queue the job within this transaction. If the transaction is rolled back, the job is not queued. */
  trx?: Knex.Transaction;
}

export interface JobHandler<T = unknown, R = unknown> extends JobDefinition<T, R> {
  readonly name: string;
  /** Queues a job. Returns its id, and whether it is new (see `unique`). */
  push(data: T, options?: JobPushOptions): Promise<Pushed>;
  /** Queues many jobs at once, all with the same options. */
  pushMany(data: readonly T[], options?: JobPushOptions): Promise<Pushed[]>;
}

/** Declares a job's handler: `export default job("SendInvoice", { run })`, in app/jobs/SendInvoice.ts. */
export function job<T = unknown, R = unknown>(
  name: string,
  definition: JobDefinition<T, R>,
): JobHandler<T, R> {
  const pushMany: JobHandler<T, R>["pushMany"] = async (list, { trx, ...options } = {}) => {
    const [{ newJob }, { queueEngine }] = await queueing();
    const jobs = list.map((data) => newJob(name, data, options));
    return (await queueEngine()).push(jobs, trx);
  };
  return {
    ...definition,
    name,
    pushMany,
    push: async (data, options) => (await pushMany([data], options))[0] as Pushed,
  };
}

let loaded: ReturnType<typeof load> | undefined;

/** Loads the modules at the first push, so that commands that queue nothing don't load them. */
function queueing() {
  // Import only once: under tsx, even an import() of a loaded module takes a quarter of a millisecond.
  loaded ??= load();
  return loaded;
}

function load() {
  return Promise.all([import("./newJob"), import("./engines/select")]);
}
