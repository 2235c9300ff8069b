import "../config/config";
import type { Pushed, Replaced } from "./engine";
import type { JobPushOptions } from "./job";
import type { CronJobConfig, CronOptions, JobConfig, JobData, JobType } from "./jobConfig";

export type * from "./jobConfig";

/**
 * Queues a job, and in the same transaction cancels the jobs that it replaces: those of the same type and user that
 * have not started, or that started over an hour ago and have not finished. Cron jobs are not replaced.
 */
export async function scheduleJob<T extends JobType>(config: JobConfig<T>): Promise<Replaced> {
  const { configuredJob, replace } = await import("./scheduling");
  return replace(configuredJob(config), config.trx);
}

/** Queues a job that runs on a cron schedule, and replaces the cron jobs of the same type and user. */
export async function scheduleCronJob<T extends JobType>(
  config: CronJobConfig<T>,
  crontab: string,
  options: CronOptions = {},
): Promise<Replaced> {
  const { cronJob, replace } = await import("./scheduling");
  return replace(cronJob(config, crontab, options.timezone), config.trx);
}

/** Queues a job without canceling others. A handler's own `push` does the same. */
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
