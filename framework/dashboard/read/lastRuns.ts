import { ledger } from "../../runs/ledger/ledgerFile";
import type { RunState } from "../../runs/ledger/run";

/** A run as a bar in a strip. */
export interface StripRun {
  id: number;
  state: RunState;
  startedAt: number;
  /** How long the run took; null while it is running. */
  durationMs: number | null;
  cause: string | null;
}

const shown = 30;

/**
 * The last runs of each command, oldest first. Costs a few index lookups per command, no matter how large the ledger
 * is.
 */
export function lastRuns(names: readonly string[]): Map<string, StripRun[]> {
  const newest = ledger().prepare(
    `SELECT id, state, started_at AS startedAt,
       CASE WHEN finished_at IS NULL THEN NULL ELSE max(0, coalesce(duration, finished_at - started_at)) END AS durationMs,
       CASE WHEN state IN ('failed', 'timed_out', 'lost')
         THEN substr(coalesce(nullif(error, ''), nullif(logged_error, ''), message), 1, 300) END AS cause
     FROM runs WHERE name = ? ORDER BY id DESC LIMIT ${shown}`,
  );
  return new Map(names.map((name) => [name, (newest.all(name) as StripRun[]).reverse()]));
}
