import type { NewJob, Settlement } from "../engine";

/**
 * A cron job's next run, if this settlement queues one. It is queued only if no other run is waiting: an app
 * that schedules the job at each start, while it is running, has already queued the next run. Adding another
 * each time would double the runs forever.
 */
export function cronNextOf(settlement: Settlement): (NewJob & { userId: number }) | undefined {
  if (settlement.state === "retry") return undefined;
  const { next } = settlement;
  return next?.cron !== undefined && hasUser(next) ? next : undefined;
}

function hasUser(job: NewJob): job is NewJob & { userId: number } {
  return job.userId !== null;
}

/** The lock that scheduling a job and queueing a cron job's next run both take, on engines that need one. */
export function matchName({ type, userId }: Pick<NewJob, "type" | "userId">): string {
  return `match ${type} ${userId}`;
}
