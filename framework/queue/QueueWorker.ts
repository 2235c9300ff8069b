import type { Settlement } from "./engine";
import type { WorkerSummary } from "./worker/settling";
import type { Parked, WorkerArguments } from "./worker/workOptions";

export type { WorkerArguments } from "./worker/workOptions";

/** What became of an attempt; "parked": of jobs that no worker takes, whose `id` is 0. */
export type SettledJob = Settlement | Parked;

// Apart from Queue: what only queues jobs shall not carry the worker and all handlers.

/**
 * Works off the queue until SIGTERM or SIGINT (or, `once`, until nothing is due), and tells what was done.
 * `onSettled` is told what is to become of each job; it must not throw.
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

/** "Jobs: 12 completed, 1 failed". */
export function summaryText({ completed, failed, retried, returned }: WorkerSummary): string {
  const counts = { completed, failed, "to be tried again": retried, "given back": returned };
  const parts = Object.entries(counts).filter(([name, count]) => count > 0 || name === "completed");
  return `Jobs: ${parts.map(([name, count]) => `${count} ${name}`).join(", ")}`;
}
