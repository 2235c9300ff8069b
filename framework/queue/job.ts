import type { Knex } from "knex";
import "../config/config";
import type { logDebug, logError, logInfo, logWarn } from "../services/Logger";
import type { Pushed } from "./engine";
import type { JobConfig, JobType } from "./jobConfig";
import type { PushOptions } from "./newJob";

export type { PushOptions } from "./newJob";

/** What a handler is given. */
export interface JobContext<T = unknown> {
  data: T;
  job: RunningJob<T>;
  log: { info: typeof logInfo; warn: typeof logWarn; error: typeof logError; debug: typeof logDebug };
  /** Aborted when the time limit passes, the job is cancelled or taken away, or the worker has to end. */
  signal: AbortSignal;
  /** Says how far it is: any JSON, shown by `laju queue:show`. Kept when the worker next writes. */
  progress(value: unknown): void;
}

/** The job that a handler works on. */
export interface RunningJob<T = unknown> {
  id: number;
  type: string;
  userId: number | null;
  data: T;
  /** 1, and one more each time it is tried again. */
  attempt: number;
  createdAt: Date | null;
  /** The job that this one is a new attempt or the next run of. */
  rescheduledFromJob: number | null;
}

/** What a plain `export function run({ app, log, job })` is given, as in QuickDapp. */
export interface JobParams<T = unknown> extends JobContext<T> {
  app: BootstrappedApp;
  job: RunningJob<T>;
}

// QuickDapp's other names, so that its job files need no change but the import.

/** The services that a plain `run` finds in `app`. */
export type BootstrappedApp = typeof import("./services").services;

export type LogInterface = JobContext["log"];

export type WorkerJob<T = unknown> = RunningJob<T>;

/** The names of the handlers there are. */
export type WorkerJobType = JobType;

/** What `scheduleJob` takes. */
export type WorkerJobConfig<T = unknown> = JobConfig & { data?: T };

/** What a job's file exports: `export default { attempts: 5, run } satisfies Job`. */
export interface Job<T = unknown> extends JobOptions {
  run: JobRunner<T>;
}

/** `export const run: JobRunner = async ({ app, log, job }) => { … }`. */
export type JobRunner<T = unknown> = (params: JobParams<T>) => unknown;

/** The data that the handler of a file in app/jobs takes. */
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
  /** How often it is tried before it has failed (default 3; 1 for what scheduleJob or scheduleCronJob queued). */
  attempts?: number;
  /** How long after the first failure it is tried again, such as "30s"; doubled each time (default "10s"). */
  backoff?: string;
  /** The longest an attempt may take, such as "2m" (default: no limit). */
  timeout?: string;
  /** How many may run at one time, over all workers (default: as many as the workers have room for). */
  concurrency?: number;
}

export interface JobPushOptions extends PushOptions {
  /** Queue it within this transaction: rolled back, it was never queued. */
  trx?: Knex.Transaction;
}

export interface JobHandler<T = unknown, R = unknown> extends JobDefinition<T, R> {
  readonly name: string;
  /** Queues one. Returns its id, and whether it is new (see `unique`). */
  push(data: T, options?: JobPushOptions): Promise<Pushed>;
  /** Queues many in one go, each with the same options. */
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

/** Loaded at the first push: a command that only might queue something shall not pay for it. */
function queueing() {
  // Once: under tsx each import() costs a quarter of a millisecond, also of what is there already.
  loaded ??= load();
  return loaded;
}

function load() {
  return Promise.all([import("./newJob"), import("./engines/select")]);
}
