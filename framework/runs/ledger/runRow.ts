import type { Database } from "../../services/database/sqliteDriver";
import type { JournalEnd, JournalStart } from "./journal";
import type { Run, RunState } from "./run";
import { overlapText } from "./run";

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
  duration: number | null;
  state: RunState;
  exit_status: number | null;
  message: string | null;
  error: string | null;
  processed: number | null;
  failed: number | null;
  logged_error: string | null;
  lost_lines: number | null;
  lost_code: string | null;
  cpu: number | null;
  peak_memory: number | null;
  attempt: number;
  log_file: string | null;
  log_inode: number | null;
  log_from: number | null;
  log_to: number | null;
  has_lock: number;
  key: string | null;
  retry_of: string | null;
}

export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    key: row.key ?? String(row.id),
    name: row.name,
    host: row.host,
    pid: row.pid,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    durationMs: durationOf(row),
    state: row.state,
    exitStatus: row.exit_status,
    message: row.message,
    error: row.error,
    processed: row.processed,
    failed: row.failed,
    loggedError: row.logged_error,
    lostOutput: lostOutputOf(row),
    cpuMs: row.cpu,
    peakMemory: row.peak_memory,
    attempt: row.attempt,
    retryOf: row.retry_of,
    args: JSON.parse(row.args),
    log:
      row.log_file === null
        ? null
        : { file: row.log_file, inode: row.log_inode, from: row.log_from ?? 0, to: row.log_to },
  };
}

export function lostOutputOf({ lost_lines, lost_code }: Pick<RunRow, "lost_lines" | "lost_code">) {
  return lost_lines === null || lost_code === null ? null : { lines: lost_lines, code: lost_code };
}

/**
 * Runs that an earlier release recorded or another process closed have no measured duration, so use their start and end
 * times.
 */
function durationOf({ duration, started_at, finished_at }: RunRow): number | null {
  if (duration !== null || finished_at === null) return duration;
  return Math.max(0, finished_at - started_at);
}

/** Inserts a run's row when it starts. False if the row already exists, or another run has the same scheduled time. */
export function insertRun(ledger: Database, run: JournalStart): boolean {
  const { log } = run;
  const { changes } = ledger
    .prepare(
      `INSERT INTO runs (name, host, pid, process, args, started_at, attempt, state, log_file, log_inode, log_from,
         slot, has_lock, key, retry_of)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    )
    .run(
      ...[run.name, run.host, run.pid, run.process, JSON.stringify(run.args), run.startedAt, run.attempt],
      ...[log?.file ?? null, log?.inode ?? null, log?.from ?? null],
      ...[run.slot, run.hasLock ? 1 : 0, run.key, run.retryOf ?? null],
    );
  return changes > 0;
}

/** Closes a run's row. If several ends are recorded, the first one counts, but any of them replaces "lost". */
export function updateEnd(ledger: Database, end: JournalEnd): void {
  ledger
    .prepare(
      `UPDATE runs SET state = ?, exit_status = ?, message = ?, error = ?, processed = ?, failed = ?,
         logged_error = ?, lost_lines = ?, lost_code = ?, cpu = ?, peak_memory = ?, finished_at = ?, duration = ?, log_to = ?, untold = ?
       WHERE key = ? AND state IN ('running', 'lost')`,
    )
    .run(
      ...[end.state, end.exitStatus, messageOf(ledger, end), end.error ?? null],
      ...[end.processed ?? null, end.failed ?? null, end.loggedError ?? null],
      ...[end.lostOutput?.lines ?? null, end.lostOutput?.code ?? null],
      ...[end.cpuMs ?? null, end.peakMemory ?? null, end.finishedAt],
      ...[
        end.durationMs ?? null,
        end.logTo ?? null,
        end.untold == null ? null : JSON.stringify(end.untold),
        end.key,
      ],
    );
}

function messageOf(ledger: Database, { message, holder }: JournalEnd): string | null {
  if (holder == null) return message ?? null;
  const row = ledger.prepare("SELECT id FROM runs WHERE key = ?").get(holder.key);
  return overlapText(holder, (row as { id: number } | undefined)?.id);
}
