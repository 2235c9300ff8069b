import type { RunCell, Span } from "../../runs/history/reportRuns";
import { ledger } from "../../runs/ledger/ledgerFile";

/** The results of a command's runs over a number of days. */
export interface CommandRuns {
  cells: RunCell[];
  /** How many runs ended in each state, including attempts that were retried. */
  counts: Map<string, number>;
  /** Why runs were skipped, most frequent reason first. */
  skips: [reason: string, count: number][];
}

const inSpan = `FROM runs INDEXED BY runs_by_name WHERE name = @name AND started_at >= @from AND started_at < @to
  AND id >= coalesce((SELECT id FROM runs WHERE started_at >= @from - 10800000 ORDER BY started_at LIMIT 1), 0)`;

export function readCommandRuns(name: string, { from, to, cellMs }: Span & { cellMs: number }): CommandRuns {
  const cells = ledger()
    .prepare(
      `SELECT name, CAST((started_at - @from) / @cellMs AS INTEGER) AS cell, state, count(*) AS count,
         max(CASE WHEN state = 'skipped' THEN NULL ELSE max(0, coalesce(duration, finished_at - started_at)) END) AS longest
       ${inSpan} GROUP BY 2, 3 ORDER BY 2`,
    )
    .all({ name, from, to, cellMs }) as RunCell[];
  const counts = new Map<string, number>();
  for (const { state, count } of cells) counts.set(state, (counts.get(state) ?? 0) + count);
  return { cells, counts, skips: counts.has("skipped") ? skipsOf(name, { from, to }) : [] };
}

function skipsOf(name: string, span: Span): [string, number][] {
  const rows = ledger()
    .prepare(
      `SELECT CASE WHEN message LIKE 'still running since %' THEN 'still running' ELSE coalesce(message, 'no reason') END AS reason,
         count(*) AS count ${inSpan} AND state = 'skipped' GROUP BY 1 ORDER BY 2 DESC LIMIT 5`,
    )
    .all({ name, ...span }) as { reason: string; count: number }[];
  return rows.map(({ reason, count }) => [reason, count]);
}
