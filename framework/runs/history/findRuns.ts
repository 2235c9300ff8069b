import { ledger } from "../ledger/ledgerFile";
import { hasFailed, type Run, type RunState } from "../ledger/run";
import { type RunRow, toRun } from "../ledger/runRow";
import { markLostRuns } from "./lostRuns";

/** The id of the run with this key; undefined if the ledger doesn't have it. */
export function idOfRun(key: string): number | undefined {
  const row = ledger().prepare("SELECT id FROM runs WHERE key = ?").get(key);
  return (row as { id: number } | undefined)?.id;
}

/** The state of a run's latest attempt; undefined if no run with this key is recorded. */
export function stateOfRun(key: string): RunState | undefined {
  markLostRuns();
  const row = ledger()
    .prepare("SELECT state FROM runs WHERE key = ? OR retry_of = ? ORDER BY id DESC LIMIT 1")
    .get(key, key);
  return (row as { state: RunState } | undefined)?.state;
}

/** Whether the end of the run with this key is recorded. */
export function hasEnded(key: string): boolean {
  const row = ledger().prepare("SELECT 1 FROM runs WHERE key = ? AND state <> 'running'").get(key);
  return row !== undefined;
}

/** A command's active run that holds its lock, if one is recorded. */
export function runWithLock(name: string): Run | undefined {
  const row = ledger()
    .prepare(
      "SELECT * FROM runs WHERE name = ? AND state = 'running' AND has_lock = 1 ORDER BY id DESC LIMIT 1",
    )
    .get(name) as RunRow | undefined;
  return row && toRun(row);
}

/** Which runs to read from the ledger. */
export interface RunFilter {
  name?: string | undefined;
  /** Only runs of these commands. */
  names?: readonly string[] | undefined;
  /** Only runs that failed, timed out or were lost. */
  failed?: boolean | undefined;
  /** Only runs that started at or after this time (milliseconds since the epoch). */
  since?: number | undefined;
  limit?: number | undefined;
}

/**
 * The lowest run id to search. Without this bound, a query for the last minutes would scan the whole ledger. The margin
 * of three hours allows for a clock that was set back, because ids grow with the start time only while the clock runs
 * forward.
 */
const firstSince = `(SELECT id FROM runs WHERE started_at >= @since - ${3 * 3_600_000} ORDER BY started_at LIMIT 1)`;

/** The recorded runs, newest first. Runs whose process is gone are first marked as lost. */
export function listRuns({ names, ...filter }: RunFilter): Run[] {
  markLostRuns();
  if (names === undefined) return newestRuns(filter);
  // One indexed query per name: a single query would sort all runs of these commands.
  const runs = names.flatMap((name) => newestRuns({ ...filter, name }));
  return runs.sort((a, b) => b.id - a.id).slice(0, filter.limit ?? usualLimit);
}

const usualLimit = 20;
const dayMs = 86_400_000;

/** How many of the last day's failed runs are older than the oldest of these runs; at most 100. */
export function failuresBefore(
  runs: readonly Run[],
  names: readonly string[] | undefined,
  now: number,
): number {
  const oldest = Math.min(...runs.map(({ id }) => id));
  const shown = runs.filter(hasFailed).length;
  const failures = listRuns({ names, failed: true, since: now - dayMs, limit: 100 + shown });
  return failures.filter(({ id }) => id < oldest).length;
}

function newestRuns(filter: Omit<RunFilter, "names">): Run[] {
  const conditions = [
    filter.name === undefined ? undefined : "name = @name",
    filter.failed ? "state IN ('failed', 'timed_out', 'lost')" : undefined,
    filter.since === undefined ? undefined : `started_at >= @since AND id >= ${firstSince}`,
  ].filter((condition) => condition !== undefined);
  const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
  const rows = ledger()
    .prepare(`SELECT * FROM runs ${where} ORDER BY id DESC LIMIT @limit`)
    .all({ name: filter.name ?? null, since: filter.since ?? null, limit: filter.limit ?? usualLimit });
  return (rows as RunRow[]).map(toRun);
}

/** The sorted names of all commands that have runs. Takes one index lookup per name, even if the ledger is large. */
export function recordedNames(): string[] {
  const rows = ledger()
    .prepare(
      `WITH RECURSIVE names (name) AS (
         SELECT min(name) FROM runs
         UNION ALL
         SELECT (SELECT min(name) FROM runs WHERE name > names.name) FROM names WHERE name IS NOT NULL
       )
       SELECT name FROM names WHERE name IS NOT NULL`,
    )
    .all();
  return (rows as { name: string }[]).map(({ name }) => name);
}

/** Finds a run by its id, or by its key as copied from a log; undefined if there is none. */
export function findRunByIdOrKey(word: string): Run | undefined {
  const id = /^\d{1,15}$/.test(word) ? Number(word) : idOfRun(word);
  return id === undefined ? undefined : findRun(id);
}

/** Finds a run by its id. */
export function findRun(id: number): Run | undefined {
  markLostRuns();
  const row = ledger().prepare("SELECT * FROM runs WHERE id = ?").get(id) as RunRow | undefined;
  return row && toRun(row);
}
