import type { Knex } from "knex";
import "../config/config";
import type { Pushed, Replaced } from "./engine";
import type { JobPushOptions } from "./job";

/** Every job type and its data. Extended by app/jobs/_types.ts, which make:job and the build write. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be extended.
export interface JobTypes {}

/** The names of the handlers there are; any text while none are known. */
export type JobType = keyof JobTypes extends never ? string : keyof JobTypes & string;

/** What the handler of a type takes. */
export type JobData<T extends string> = T extends keyof JobTypes ? JobTypes[T] : unknown;

/** Data may be left out where the handler needs none. */
type DataField<D> = Record<string, never> extends D ? { data?: D } : { data: D };

/** QuickDapp's fields. */
export type JobConfig<T extends JobType = JobType> = JobFields<T> & DataField<JobData<T>>;

interface JobFields<T extends string> {
  type: T;
  /** The user whose affair it is; 0 is the system. */
  userId: number;
  /** Default: now. */
  due?: Date | number;
  /**
   * false: one attempt, whatever its handler declares. Absent: the handler's `attempts`, else one. true: the same, and
   * after the last attempt a new job, until one succeeds or is canceled.
   */
  autoRescheduleOnFailure?: boolean;
  /** With `true`: the new job is due this many milliseconds after the failure, each time (default 10000). */
  autoRescheduleOnFailureDelay?: number;
  /** Delete it this many milliseconds after it succeeded. One that failed or was canceled stays until retention. */
  removeDelay?: number;
  priority?: number;
  trx?: Knex.Transaction;
}

/** The same for a cron job, whose schedule says when it is due. */
export type CronJobConfig<T extends JobType = JobType> = Omit<JobFields<T>, "due"> & DataField<JobData<T>>;

/** Some job's configuration, its type and data no longer compared. */
export type AnyJobConfig = JobFields<string> & { data?: unknown };

export interface CronOptions {
  /** The IANA time zone the schedule is meant in (default: the host's). */
  timezone?: string;
}

/**
 * Queues a job in place of those of the same type and user that have not started, or started over an hour ago and
 * have not finished: they are cancelled in the same transaction. Cron jobs are left alone.
 */
export async function scheduleJob<T extends JobType>(config: JobConfig<T>): Promise<Replaced> {
  const { configuredJob, replace } = await import("./scheduling");
  return replace(configuredJob(config), config.trx);
}

/** Queues a job that runs at the times of a cron expression, in place of the cron jobs of the same type and user. */
export async function scheduleCronJob<T extends JobType>(
  config: CronJobConfig<T>,
  crontab: string,
  options: CronOptions = {},
): Promise<Replaced> {
  const { cronJob, replace } = await import("./scheduling");
  return replace(cronJob(config, crontab, options.timezone), config.trx);
}

/** Queues a job and cancels nothing. Where the handler is at hand, its own `push` does the same. */
export async function push<T extends JobType>(type: T, ...given: PushArguments<JobData<T>>): Promise<Pushed> {
  const [data, options = {}] = given;
  const { newJob } = await import("./newJob");
  const { queueEngine } = await import("./engines/select");
  const { trx, ...rest } = options;
  const job = newJob(type, data, rest);
  const [pushed] = await (await queueEngine()).push([job], trx);
  return pushed as Pushed;
}

type PushArguments<D> =
  Record<string, never> extends D
    ? [data?: D, options?: JobPushOptions]
    : [data: D, options?: JobPushOptions];

const Queue = { push, scheduleJob, scheduleCronJob };
export default Queue;
