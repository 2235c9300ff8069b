import { type JobState, jobStates, type QueueCounts } from "../jobRecord";

/** The counts of each type, and over all. */
export function countsOf(byType: QueueCounts["byType"]): QueueCounts {
  const total = (state: JobState) =>
    byType.reduce((sum, row) => sum + (row.state === state ? row.count : 0), 0);
  const byState = Object.fromEntries(jobStates.map((state) => [state, total(state)]));
  return { byState: byState as QueueCounts["byState"], byType };
}
