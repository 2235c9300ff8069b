/**
 * A job's states. A "pending" job is due, a "scheduled" one waits for its time, and a "parked" one waits for a worker
 * that handles its type.
 */
export const jobStates = [
  "scheduled",
  "pending",
  "parked",
  "processing",
  "completed",
  "failed",
  "cancelled",
] as const;
export type JobState = (typeof jobStates)[number];

/** A job as shown to people and programs. Times are milliseconds since the epoch. */
export interface JobRecord {
  id: number;
  type: string;
  userId: number | null;
  state: JobState;
  data: unknown;
  priority: number;
  attempts: number;
  due: number | null;
  createdAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  worker: string | null;
  progress: unknown;
  result: unknown;
  error: string | null;
  unique: string | null;
  cron: { expression: string; timezone: string } | null;
  /** The job that this one follows: a failed job that is queued again, or the cron job's previous run. */
  rescheduledFromJob: number | null;
  /** The job that replaced this one when it was canceled. */
  successor: number | null;
  /** When to delete a completed job that has a `removeDelay`. */
  removeAt: number | null;
}

export interface JobFilter {
  states?: readonly JobState[];
  types?: readonly string[];
  userId?: number;
  limit: number;
}

export interface QueueCounts {
  byState: Record<JobState, number>;
  byType: { type: string; state: JobState; count: number }[];
}

/** Adds the totals to the counts by type. */
export function countsOf(byType: QueueCounts["byType"]): QueueCounts {
  const total = (state: JobState) =>
    byType.reduce((sum, row) => sum + (row.state === state ? row.count : 0), 0);
  const byState = Object.fromEntries(jobStates.map((state) => [state, total(state)]));
  return { byState: byState as QueueCounts["byState"], byType };
}

/** Equal time intervals, starting at `from`. */
export interface TimeSteps {
  from: number;
  stepMs: number;
  count: number;
}

/** How many jobs of a type ended in a state during one interval. */
export interface Outcome {
  type: string;
  state: "completed" | "failed";
  step: number;
  count: number;
}

export interface Outcomes {
  ended: Outcome[];
  /** Whether the count may be incomplete. */
  isPartial: boolean;
}

/** When the oldest ready or parked job of a type began to wait. */
export interface OldestReady {
  type: string;
  since: number;
}
