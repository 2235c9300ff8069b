import type { Run, RunState } from "./run";

/** A row of the ledger's table `runs`. */
export interface RunRow {
  id: number;
  name: string;
  host: string;
  pid: number;
  process: string | null;
  args: string;
  started_at: number;
  finished_at: number | null;
  state: RunState;
  exit_status: number | null;
  message: string | null;
  error: string | null;
  attempt: number;
  log_file: string | null;
  log_inode: number | null;
  log_from: number | null;
  log_to: number | null;
  has_lock: number;
}

export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    name: row.name,
    host: row.host,
    pid: row.pid,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    state: row.state,
    exitStatus: row.exit_status,
    message: row.message,
    error: row.error,
    attempt: row.attempt,
    args: JSON.parse(row.args),
    log:
      row.log_file === null
        ? null
        : { file: row.log_file, inode: row.log_inode, from: row.log_from ?? 0, to: row.log_to },
  };
}
