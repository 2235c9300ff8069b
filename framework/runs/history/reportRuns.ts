import { ledger } from "../ledger/ledgerFile";
import type { RunState } from "../ledger/run";

/** A command's runs in one cell of a timeline. */
export interface RunCell {
  name: string;
  /** The cell's number, from 0. */
  cell: number;
  state: RunState;
  count: number;
  /** The duration of the longest finished run, in milliseconds; null if none has finished. */
  longest: number | null;
}

/** A period of time in milliseconds: includes `from`, excludes `to`. */
export interface Span {
  from: number;
  to: number;
}

/** Counts the runs of a period by command, cell and state, so that the result doesn't grow with the number of runs. */
export function runCells({ from, to, cellMs }: Span & { cellMs: number }): RunCell[] {
  return ledger()
    .prepare(
      `SELECT name, CAST((started_at - @from) / @cellMs AS INTEGER) AS cell, state, count(*) AS count,
         max(CASE WHEN state = 'skipped' THEN NULL ELSE max(0, coalesce(duration, finished_at - started_at)) END) AS longest
       FROM runs WHERE started_at >= @from AND started_at < @to
       GROUP BY 1, 2, 3 ORDER BY 1, 2`,
    )
    .all({ from, to, cellMs }) as RunCell[];
}

/** How many starts of a command ended in a given state. */
export interface StartCount {
  name: string;
  state: RunState;
  count: number;
}

/** Counts starts by command and final state. A start with retries counts once, with the state of its latest attempt. */
export function startCounts(span: Span): StartCount[] {
  return ledger()
    .prepare(
      `SELECT name,
         CASE WHEN state IN ('failed', 'timed_out', 'lost') THEN coalesce(
           (SELECT later.state FROM runs later WHERE later.retry_of = first.key ORDER BY later.id DESC LIMIT 1), state)
         ELSE state END AS state,
         count(*) AS count
       FROM runs first WHERE started_at >= @from AND started_at < @to AND retry_of IS NULL
       GROUP BY 1, 2`,
    )
    .all(span) as StartCount[];
}

/** A failed run, reduced to what explains why it failed. */
export interface BadRun {
  id: number;
  name: string;
  state: RunState;
  exitStatus: number | null;
  startedAt: number;
  /** The beginning of the run's error or message; empty if it has neither. */
  cause: string;
}

const causeLength = 300;

/** The failed runs of a period, newest first. An iterator, because there can be very many. */
export function badRuns(span: Span): Iterable<BadRun> {
  return ledger()
    .prepare(
      `SELECT id, name, state, exit_status AS exitStatus, started_at AS startedAt,
         substr(coalesce(nullif(error, ''), nullif(logged_error, ''), message, ''), 1, ${causeLength}) AS cause
       FROM runs WHERE state IN ('failed', 'timed_out', 'lost') AND started_at >= @from AND started_at < @to
       ORDER BY id DESC`,
    )
    .iterate(span) as Iterable<BadRun>;
}
