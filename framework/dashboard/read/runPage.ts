import { markLostRuns } from "../../runs/history/lostRuns";
import { ledger } from "../../runs/ledger/ledgerFile";
import type { Run, RunState } from "../../runs/ledger/run";
import { type RunRow, toRun } from "../../runs/ledger/runRow";

/** Which runs a list shows. The page's URL contains these choices. */
export interface RunChoice {
  name?: string | undefined;
  states: readonly RunState[];
  /** Only runs that started at or after `from`, and before `to` (milliseconds since the epoch). */
  from?: number | undefined;
  to?: number | undefined;
  /** Only runs with smaller ids, for the next page of the list. */
  before?: number | undefined;
}

/** The number of runs on a page. */
export const runsOnPage = 50;

/**
 * The furthest that a clock may have been set back, in milliseconds. In that case, ids and start times of runs are in a
 * different order.
 */
const leewayMs = 3 * 3_600_000;

/**
 * The ids between which to search. Without these limits, SQLite would read the whole ledger even for a short period.
 */
const firstId = `(SELECT id FROM runs WHERE started_at >= @from - ${leewayMs} ORDER BY started_at LIMIT 1)`;
const lastId = `coalesce((SELECT id FROM runs WHERE started_at >= @to + ${leewayMs} ORDER BY started_at LIMIT 1), ${Number.MAX_SAFE_INTEGER})`;

/** The matching runs, newest first. If there are more than fit on a page, returns one extra. */
export function readRunPage({ name, states, from, to, before }: RunChoice): Run[] {
  markLostRuns();
  const conditions = [
    name === undefined ? "" : "name = @name",
    states.length === 0 ? "" : `state IN (${states.map((state) => `'${state}'`).join(", ")})`,
    from === undefined ? "" : `started_at >= @from AND id >= ${firstId}`,
    to === undefined ? "" : `started_at < @to AND id < ${lastId}`,
    before === undefined ? "" : "id < @before",
  ].filter(Boolean);
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const rows = ledger()
    .prepare(`SELECT * FROM runs ${where} ORDER BY id DESC LIMIT ${runsOnPage + 1}`)
    .all({ name: name ?? null, from: from ?? null, to: to ?? null, before: before ?? null });
  return (rows as RunRow[]).map(toRun);
}
