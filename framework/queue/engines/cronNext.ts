import type { NewJob, Settlement } from "../engine";

/**
 * A cron job's next run, if this settlement brings one. It is queued only where there is no other that has not started:
 * who scheduled the job while it ran, as each start of an app may, has queued its next run already, and one after
 * each would be twice as many for ever.
 */
export function cronNextOf(settlement: Settlement): (NewJob & { userId: number }) | undefined {
  if (settlement.state === "retry") return undefined;
  const { next } = settlement;
  return next?.cron !== undefined && hasUser(next) ? next : undefined;
}

function hasUser(job: NewJob): job is NewJob & { userId: number } {
  return job.userId !== null;
}

/** What scheduling a job and queueing a cron job's next run wait for each other by, on engines that need to be told. */
export function matchName({ type, userId }: Pick<NewJob, "type" | "userId">): string {
  return `match ${type} ${userId}`;
}
