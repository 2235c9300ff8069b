import type { Knex } from "knex";

/** Every job type and its data. Extended by app/jobs/_types.ts, which make:job and the build write. */
// biome-ignore lint/suspicious/noEmptyInterface: apps extend it.
export interface JobTypes {}

/** The names of all handlers; any string while none are known. */
export type JobType = keyof JobTypes extends never ? string : keyof JobTypes & string;

/** The data that a type's handler expects. */
export type JobData<T extends string> = T extends keyof JobTypes ? JobTypes[T] : unknown;

/** Data is optional if the handler needs none. */
type DataField<D> = Record<string, never> extends D ? { data?: D } : { data: D };

/** A job's configuration for `scheduleJob`, with QuickDapp's fields. */
export type JobConfig<T extends JobType = JobType> = JobFields<T> & DataField<JobData<T>>;

interface JobFields<T extends string> {
  /** The name of the handler. */
  type: T;
  /** The user to whom the job belongs. 0 is the system. */
  userId: number;
  /** When the job is due (default: now). */
  due?: Date | number;
  /**
   * false: the job gets one attempt, even if the handler declares more. Not given: as many attempts as the handler
   * declares, or else one. true: the same number of attempts, and when the last attempt fails, laju queues a new job,
   * until a job succeeds or is canceled.
   */
  autoRescheduleOnFailure?: boolean;
  /** With `true`: how many milliseconds after each failure the new job is due (default 10000). */
  autoRescheduleOnFailureDelay?: number;
  /** How many milliseconds after its success the job is deleted. Failed and canceled jobs are kept for QUEUE_KEEP_DAYS. */
  removeDelay?: number;
  /** Jobs with a higher priority start first (default 0). */
  priority?: number;
  /** Queue the job within this transaction. If the transaction is rolled back, the job is not queued. */
  trx?: Knex.Transaction;
}

/** The configuration of a cron job, whose schedule determines when it is due. */
export type CronJobConfig<T extends JobType = JobType> = Omit<JobFields<T>, "due"> & DataField<JobData<T>>;

/** The configuration of a job of any type. Its data is not type-checked. */
export type AnyJobConfig = JobFields<string> & { data?: unknown };

export interface CronOptions {
  /** The schedule's IANA time zone (default: the host's). */
  timezone?: string;
}
