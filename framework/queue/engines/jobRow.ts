import type { JobRecord, JobState } from "../jobRecord";

/** A row of `jobs` as the databases return it. */
export interface JobRow {
  id: number;
  type: string;
  user_id: number | null;
  data: string | null;
  status: JobState;
  sort_order: number;
  due: number | null;
  attempts: number;
  spent: number;
  locked_by: string | null;
  created_at: number | null;
  started_at: number | null;
  completed_at: number | null;
  progress: string | null;
  result: string | null;
  error: string | null;
  unique_key: string | null;
  /** Undefined until this release's migration has run. */
  former_key?: string | null;
  cron: string | null;
  timezone: string | null;
  rescheduled_from: number | null;
  /** Undefined until this release's migration has run; null in jobs queued by a worker of the previous release. */
  rescheduled_from_job?: number | null;
  successor: number | null;
  remove_at: number | null;
}

export function toRecord(row: JobRow): JobRecord {
  return {
    id: row.id,
    type: row.type,
    userId: row.user_id,
    state: row.status,
    data: decoded(row.data),
    priority: -row.sort_order || 0,
    attempts: row.attempts - row.spent,
    due: row.due,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.completed_at,
    worker: row.locked_by,
    progress: decoded(row.progress),
    result: decoded(row.result),
    error: row.error,
    unique: row.unique_key ?? row.former_key ?? null,
    cron: row.cron === null ? null : { expression: row.cron, timezone: row.timezone ?? "UTC" },
    rescheduledFromJob: row.rescheduled_from_job ?? row.rescheduled_from,
    successor: row.successor,
    removeAt: row.remove_at,
  };
}

/** Parses JSON. If another program has written something else, returns that text. */
function decoded(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
