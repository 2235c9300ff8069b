import type { Knex } from "knex";

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
