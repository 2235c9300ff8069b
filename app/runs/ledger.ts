import { hostName } from "./hostName";
import { ledger } from "./ledgerFile";
import { markLostRuns } from "./lostRuns";
import type { NewRun, Outcome, Run } from "./run";
import { type RunRow, toRun } from "./runRow";
import { processIdentity } from "./thisProcess";

/**
 * Writes the row of a run that begins and returns its id; undefined when its slot has had a run already.
 * Throws when the ledger cannot be written.
 */
export function recordStart(run: NewRun): number | undefined {
  const inserted = ledger()
    .prepare(
      `INSERT INTO runs (name, host, pid, process, args, started_at, attempt, state, log_file, log_inode, log_from, slot, has_lock)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?, ?)
       ON CONFLICT (name, slot) WHERE slot IS NOT NULL DO NOTHING`,
    )
    .run(
      run.name,
      hostName(),
      process.pid,
      processIdentity(process.pid),
      JSON.stringify(run.args),
      run.startedAt,
      run.attempt,
      run.log?.file ?? null,
      run.log?.inode ?? null,
      run.log?.from ?? null,
      run.slot,
      run.hasLock ? 1 : 0,
    );
  return inserted.changes === 0 ? undefined : Number(inserted.lastInsertRowid);
}

/** The run of a command that goes on now, other than `exceptId`, if one is recorded. */
export function runningRun(name: string, exceptId = 0): Run | undefined {
  const row = ledger()
    .prepare("SELECT * FROM runs WHERE name = ? AND state = 'running' AND id <> ? ORDER BY id DESC LIMIT 1")
    .get(name, exceptId) as RunRow | undefined;
  return row && toRun(row);
}

/** Closes the row of a run. A row that was closed already stays as it is. */
export function recordEnd(id: number, outcome: Outcome): void {
  ledger()
    .prepare(
      `UPDATE runs SET state = ?, exit_status = ?, message = ?, error = ?, finished_at = ?, log_to = ?
       WHERE id = ? AND state = 'running'`,
    )
    .run(
      outcome.state,
      outcome.exitStatus,
      outcome.message ?? null,
      outcome.error ?? null,
      outcome.finishedAt,
      outcome.logTo ?? null,
      id,
    );
}

/** What to pick from the ledger; the newest runs come first. */
export interface RunFilter {
  name?: string | undefined;
  /** Only runs that ended badly: failed, timed out or lost. */
  failed?: boolean | undefined;
  /** Only runs that began at or after this moment (milliseconds since the epoch). */
  since?: number | undefined;
  limit?: number | undefined;
}

/**
 * Without it a short time would be looked for through the whole ledger. Ids rise with time, but for clocks that
 * were set back: three hours are what cron too makes good.
 */
const firstSince = `(SELECT id FROM runs WHERE started_at >= @since - ${3 * 3_600_000} ORDER BY started_at LIMIT 1)`;

/** The recorded runs, newest first. Runs whose process is gone are marked lost on the way. */
export function listRuns(filter: RunFilter): Run[] {
  markLostRuns();
  const conditions = [
    filter.name === undefined ? undefined : "name = @name",
    filter.failed ? "state IN ('failed', 'timed_out', 'lost')" : undefined,
    filter.since === undefined ? undefined : `started_at >= @since AND id >= ${firstSince}`,
  ].filter((condition) => condition !== undefined);
  const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
  const rows = ledger()
    .prepare(`SELECT * FROM runs ${where} ORDER BY id DESC LIMIT @limit`)
    .all({ name: filter.name ?? null, since: filter.since ?? null, limit: filter.limit ?? 20 });
  return (rows as RunRow[]).map(toRun);
}

/** One run by its id, or undefined. */
export function findRun(id: number): Run | undefined {
  markLostRuns();
  const row = ledger().prepare("SELECT * FROM runs WHERE id = ?").get(id) as RunRow | undefined;
  return row && toRun(row);
}
