import { ledger } from "../ledger/ledgerFile";
import type { RunState } from "../ledger/run";

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

/** A time: from the first moment on, and before the second (milliseconds). */
export interface Span {
  from: number;
  to: number;
}

/** Counts the runs of a time by command, stretch and state: as many rows whatever the number of runs. */
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

/** How many starts of a command came to what in the end. */
export interface StartCount {
  name: string;
  state: RunState;
  count: number;
}

/** Counts starts by command and ending. A start that was retried counts once, as its latest attempt ended. */
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

/** A run that ended badly, as much of it as tells why. */
export interface BadRun {
  id: number;
  name: string;
  state: RunState;
  exitStatus: number | null;
  startedAt: number;
  /** The beginning of what it says of the cause; empty where it says nothing. */
  cause: string;
}

const causeLength = 300;

/** The runs of a time that ended badly, newest first, one by one: there may be very many. */
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
