import type { Settlement } from "./engine";
import type { WorkerSummary } from "./worker/settling";
import type { Parked, WorkerArguments } from "./worker/workOptions";

export type { WorkerArguments } from "./worker/workOptions";

/** The outcome of a job. "parked" reports jobs that no worker handles; their `id` is 0. */
export type SettledJob = Settlement | Parked;

// This is a separate module, so that code that only queues jobs does not load the worker and all handlers.

/**
 * Processes queued jobs until SIGTERM or SIGINT or, with `once`, until none is due. Returns a summary. `onSettled` is
 * called with the outcome of each job and must not throw.
 */
export async function workQueue(
  given: WorkerArguments,
  onSettled?: (job: { id: number; type: string }, settlement: SettledJob) => void,
): Promise<WorkerSummary> {
  const { workOptions } = await import("./worker/workOptions");
  const options = workOptions(given);
  const { workUntilStopped } = await import("./worker/work");
  return workUntilStopped({ ...options, ...(onSettled && { onSettled }) });
}

/** A summary such as "Jobs: 12 completed, 1 failed, 3 retries". A job that needed two retries counts twice. */
export function summaryText({ completed, failed, retried, returned }: WorkerSummary): string {
  const counts = { completed, failed, [retried === 1 ? "retry" : "retries"]: retried, returned };
  const parts = Object.entries(counts).filter(([name, count]) => count > 0 || name === "completed");
  return `Jobs: ${parts.map(([name, count]) => `${count} ${name}`).join(", ")}`;
}
