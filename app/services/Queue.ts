import type { Knex } from "knex";
import type { Pushed, Replaced } from "../queue/engine";
import type { JobPushOptions } from "../queue/job";
import type { WorkerSummary } from "../queue/worker/worker";

/** Every job type and its data. Extended by what the build generates from app/jobs. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be extended.
export interface JobTypes {}

/** The names of the handlers there are; any text while none are known. */
export type JobType = keyof JobTypes extends never ? string : keyof JobTypes & string;

/** QuickDapp's fields. */
export interface JobConfig {
  type: JobType;
  /** The user whose affair it is; 0 is the system. */
  userId: number;
  data?: unknown;
  /** Default: now. */
  due?: Date | number;
  /** Queue it anew when it has failed (default false). */
  autoRescheduleOnFailure?: boolean;
  /** How long after the failure, in milliseconds (default 0); doubled for each failure in a row, up to an hour. */
  autoRescheduleOnFailureDelay?: number;
  /** Delete it so long after it finished, in milliseconds. */
  removeDelay?: number;
  priority?: number;
  trx?: Knex.Transaction;
}

export interface CronOptions {
  /** The IANA time zone the schedule is meant in (default: the host's). */
  timezone?: string;
}

/**
 * Queues a job in place of those of the same type and user that have not started, or started over an hour ago and
 * have not finished: they are cancelled in the same transaction. Cron jobs are left alone.
 */
export async function scheduleJob(config: JobConfig): Promise<Replaced> {
  const { configuredJob, replace } = await import("../queue/scheduling");
  return replace(configuredJob(config), config.trx);
}

/** Queues a job that runs at the times of a cron expression, in place of the cron jobs of the same type and user. */
export async function scheduleCronJob(
  config: Omit<JobConfig, "due">,
  crontab: string,
  options: CronOptions = {},
): Promise<Replaced> {
  const { cronJob, replace } = await import("../queue/scheduling");
  return replace(cronJob(config, crontab, options.timezone), config.trx);
}

/** Queues a job and cancels nothing. Where the handler is at hand, its own `push` checks the data's type as well. */
export async function push(type: JobType, data?: unknown, options: JobPushOptions = {}): Promise<Pushed> {
  const { newJob } = await import("../queue/newJob");
  const { queueEngine } = await import("../queue/engines/select");
  const { trx, ...rest } = options;
  const job = newJob(type, data, rest);
  const [pushed] = await (await queueEngine()).push([job], trx);
  return pushed as Pushed;
}

/** What commands/Worker.ts takes on its command line. */
export interface WorkerArguments {
  concurrency: string;
  types?: string | undefined;
  once: boolean;
  patience: string;
}

/** Works off the queue until SIGTERM or SIGINT (or, `once`, until nothing is due), and tells what was done. */
export async function workQueue(given: WorkerArguments): Promise<WorkerSummary> {
  const { workOptions } = await import("../queue/worker/workOptions");
  const options = workOptions(given);
  const { workUntilStopped } = await import("../queue/worker/work");
  return workUntilStopped(options);
}

/** "Jobs: 12 completed, 1 failed". */
export function summaryText({ completed, failed, retried, returned }: WorkerSummary): string {
  const counts = { completed, failed, "to be tried again": retried, "given back": returned };
  const parts = Object.entries(counts).filter(([name, count]) => count > 0 || name === "completed");
  return `Jobs: ${parts.map(([name, count]) => `${count} ${name}`).join(", ")}`;
}

const Queue = { push, scheduleJob, scheduleCronJob };
export default Queue;
