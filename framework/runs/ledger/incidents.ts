import { makeMissingMarks, markIncident, unmarkIncident } from "./incidentMarks";
import { ledger } from "./ledgerFile";

/**
 * `failing`: the last run failed. `overdue`: a start was missed. `slow`: a run takes far longer than usual.
 * `hanging`: starts are skipped because of a run that does not end. `output`: some of the last run's output could not be
 * written. `host`: something on this host keeps commands from running.
 */
export type IncidentKind = "failing" | "overdue" | "slow" | "hanging" | "output" | "host";

/** A problem that needs attention, from its first sign until the command works again. */
export interface Incident {
  id: number;
  name: string;
  kind: IncidentKind;
  reason: string;
  runId: number | null;
  openedAt: number;
  closedAt: number | null;
  closedRunId: number | null;
  /** Why the incident was closed without a successful run, such as "is disabled". */
  closedBecause: string | null;
  /** When someone acknowledged the incident, and why it can wait. */
  acknowledgedAt: number | null;
  acknowledgeReason: string | null;
}

export type NewIncident = Pick<Incident, "name" | "kind" | "reason" | "runId" | "openedAt">;

/**
 * Opens an incident. Returns false if an incident of this kind is already open. Also returns false if the ledger has an
 * incident of this kind that was opened by this run (`runId`) or an earlier one and closed by this run or a later one:
 * someone has already been notified about that one.
 */
export function openIncident({ name, kind, reason, runId, openedAt }: NewIncident): boolean {
  const { changes } = ledger()
    .prepare(
      `INSERT INTO incidents (name, kind, reason, run_id, opened_at)
       SELECT @name, @kind, @reason, @runId, @openedAt
       WHERE NOT EXISTS (SELECT 1 FROM incidents WHERE name = @name AND kind = @kind
                         AND run_id <= @runId AND closed_run_id >= @runId)
       ON CONFLICT (name, kind) WHERE closed_at IS NULL DO NOTHING`,
    )
    .run({ name, kind, reason, runId, openedAt });
  makeMissingMarks(openNames);
  markIncident(name);
  return changes > 0;
}

export function hasOpenIncident(name: string): boolean {
  return (
    ledger().prepare("SELECT 1 FROM incidents WHERE name = ? AND closed_at IS NULL LIMIT 1").get(name) !==
    undefined
  );
}

/** The run that closes incidents, the time, and the reason. Incidents of the kind `except` stay open. */
export interface Closing {
  runId: number | null;
  at: number;
  except?: IncidentKind | undefined;
  because?: string | undefined;
}

/** Closes the incidents of a command that works again. Returns whether any were open. */
export function closeIncidents(name: string, { runId, at, except, because }: Closing): boolean {
  makeMissingMarks(openNames);
  // Remove the mark first: if another process opens an incident now, it creates the mark again.
  unmarkIncident(name);
  const { changes } = ledger()
    .prepare(
      `UPDATE incidents SET closed_at = ?, closed_run_id = ?, closed_because = ?
       WHERE name = ? AND closed_at IS NULL AND kind IS NOT ?`,
    )
    .run(at, runId, because ?? null, name, except ?? null);
  if (except !== undefined && hasOpenIncident(name)) markIncident(name);
  return changes > 0;
}

/**
 * Closes a command's incident of this kind without a notice, because the notice about another incident says more.
 * Returns when the incident was opened; undefined if none was open.
 */
export function closeQuietly(name: string, kind: IncidentKind, at: number): number | undefined {
  const closed = ledger()
    .prepare(
      `UPDATE incidents SET closed_at = ?, closing_told = 1
       WHERE name = ? AND kind = ? AND closed_at IS NULL AND opened_at <= ? RETURNING opened_at`,
    )
    .get(at, name, kind, at) as Pick<IncidentRow, "opened_at"> | undefined;
  return closed?.opened_at;
}

function openNames(): string[] {
  return openIncidents().map(({ name }) => name);
}

/** The open incidents, oldest first. */
export function openIncidents(): Incident[] {
  const rows = ledger().prepare("SELECT * FROM incidents WHERE closed_at IS NULL ORDER BY id").all();
  return (rows as IncidentRow[]).map(toIncident);
}

export function findIncident(id: number): Incident | undefined {
  const row = ledger().prepare("SELECT * FROM incidents WHERE id = ?").get(id) as IncidentRow | undefined;
  return row && toIncident(row);
}

/** The incidents whose opening or closing has no notices yet. */
export function incidentsWithoutNotices(): (Incident & { hasOpeningNotices: boolean })[] {
  const rows = ledger()
    .prepare(
      `SELECT * FROM incidents
       WHERE opening_told = 0 OR (closed_at IS NOT NULL AND closing_told = 0) ORDER BY id`,
    )
    .all();
  return (rows as IncidentRow[]).map((row) => ({
    ...toIncident(row),
    hasOpeningNotices: row.opening_told === 1,
  }));
}

/** How often a command failed during an incident. A start whose retry succeeded does not count. */
export interface Failures {
  starts: number;
  /** The failed attempts: starts and their retries. */
  attempts: number;
}

/**
 * Counts from the first attempt of the run that opened an incident to the run that closed it. Returns undefined for
 * incidents of jobs and of the host, which have no runs. Their names contain a space, as no command's name does.
 */
export function countFailures({ name, runId, openedAt, closedAt }: Incident): Failures | undefined {
  if (name.includes(" ")) return undefined;
  return ledger()
    .prepare(
      `SELECT count(DISTINCT coalesce(retry_of, key, id)) AS starts, count(*) AS attempts FROM runs AS bad
       WHERE name = ? AND state IN ('failed', 'timed_out', 'lost')
         AND coalesce(finished_at, started_at) BETWEEN coalesce(
           (SELECT min(started_at) FROM runs WHERE key = (SELECT coalesce(retry_of, key) FROM runs WHERE id = ?)), ?)
           AND ?
         AND NOT EXISTS (SELECT 1 FROM runs AS retry
                         WHERE retry.retry_of = coalesce(bad.retry_of, bad.key) AND retry.state = 'succeeded')`,
    )
    .get(name, runId, openedAt, closedAt ?? Number.MAX_SAFE_INTEGER) as Failures;
}

export interface IncidentRow {
  id: number;
  name: string;
  kind: IncidentKind;
  reason: string;
  run_id: number | null;
  opened_at: number;
  closed_at: number | null;
  closed_run_id: number | null;
  closed_because: string | null;
  acked_at: number | null;
  ack_reason: string | null;
  opening_told: number;
}

export function toIncident(row: IncidentRow): Incident {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    reason: row.reason,
    runId: row.run_id,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    closedRunId: row.closed_run_id,
    closedBecause: row.closed_because,
    acknowledgedAt: row.acked_at,
    acknowledgeReason: row.ack_reason,
  };
}
