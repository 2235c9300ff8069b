import type { Knex } from "knex";
import { ownTimezone } from "../config/config";
import { systemTimezone } from "../config/hostTimezone";
import { timezoneOfTz } from "../schedule/times/posixTimezone";
import { firstCronRun } from "./cronRun";
import type { NewJob, Replaced } from "./engine";
import { queueEngine } from "./engines/select";
import type { AnyJobConfig } from "./jobConfig";
import { duration, newJob, wholeNumber } from "./newJob";

/** After this time in milliseconds, a job that has started and not finished may be replaced. */
const staleMs = 3_600_000;

/** The default delay before a failed job is queued again, in milliseconds. */
const defaultDelay = 10_000;

/** Converts QuickDapp's fields to a job. */
export function configuredJob(config: AnyJobConfig): NewJob {
  const { type, data, due, removeDelay, priority } = config;
  const job = newJob(type, data ?? {}, {
    userId: wholeNumber(config.userId, "userId"),
    ...(due !== undefined && { due }),
    ...(removeDelay !== undefined && { removeDelay }),
    ...(priority !== undefined && { priority }),
  });
  const { autoRescheduleOnFailure, autoRescheduleOnFailureDelay = defaultDelay } = config;
  const delay = duration(autoRescheduleOnFailureDelay, "autoRescheduleOnFailureDelay");
  job.retryPolicy = autoRescheduleOnFailure === false ? "never" : "handler";
  if (autoRescheduleOnFailure) job.rescheduleDelay = delay;
  return job;
}

export function cronJob(
  config: Omit<AnyJobConfig, "due">,
  expression: string,
  timezone = timezoneOfTz(ownTimezone, systemTimezone()) ?? systemTimezone(),
  now = Date.now(),
): NewJob {
  const job = configuredJob(config);
  job.cron = { expression, timezone };
  job.when = { at: firstCronRun(job.cron, job.type, now) };
  return job;
}

export async function replace(job: NewJob, trx?: Knex.Transaction): Promise<Replaced> {
  return (await queueEngine()).replaceMatching(job, staleMs, trx);
}
