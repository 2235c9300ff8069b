import { ledger } from "./ledgerFile";
import type { Run, RunState } from "./run";
import { type RunRow, toRun } from "./runRow";

/** What a command did in one stretch of time: the cells of a timeline. */
export interface RunCell {
  name: string;
  /** The number of the stretch, from 0. */
  cell: number;
  state: RunState;
  count: number;
  /** The longest run that ended, in milliseconds; null where none did. */
  longest: number | null;
}

/** Counts the runs of a time by command, stretch and state: as many rows whatever the number of runs. */
export function runCells({ from, to, cellMs }: { from: number; to: number; cellMs: number }): RunCell[] {
  return ledger()
    .prepare(
      `SELECT name, CAST((started_at - @from) / @cellMs AS INTEGER) AS cell, state, count(*) AS count,
         max(CASE WHEN state = 'skipped' THEN NULL ELSE max(0, coalesce(duration, finished_at - started_at)) END) AS longest
       FROM runs WHERE started_at >= @from AND started_at < @to
       GROUP BY 1, 2, 3 ORDER BY 1, 2`,
    )
    .all({ from, to, cellMs }) as RunCell[];
}

/** The latest runs of a time that ended badly, newest first. */
export function badRunsSince(from: number, limit: number): Run[] {
  const rows = ledger()
    .prepare(
      `SELECT * FROM runs WHERE state IN ('failed', 'timed_out', 'lost') AND started_at >= ?
       ORDER BY id DESC LIMIT ?`,
    )
    .all(from, limit);
  return (rows as RunRow[]).map(toRun);
}
