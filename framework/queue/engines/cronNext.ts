import type { NewJob, Settlement } from "../engine";

/**
 * A cron job's next run, if this settlement queues one. The engine queues it only if no other run is waiting. An app
 * that schedules the job whenever it starts may already have queued the next run while this one was running. With two
 * of them, every later run would happen twice.
 */
export function cronNextOf(settlement: Settlement): (NewJob & { userId: number }) | undefined {
  if (settlement.state === "retry") return undefined;
  const { next } = settlement;
  return next?.cron !== undefined && hasUser(next) ? next : undefined;
}

function hasUser(job: NewJob): job is NewJob & { userId: number } {
  return job.userId !== null;
}

/** The name of the lock that some engines take, both to schedule a job and to queue a cron job's next run. */
export function matchName({ type, userId }: Pick<NewJob, "type" | "userId">): string {
  return `match ${type} ${userId}`;
}
