import { sleepSync } from "../../process/sleep";
import { ledger } from "./ledgerFile";

const batch = 500;
/** The pause between two transactions, in which other processes get the lock. */
const pauseMs = 5;

/**
 * Deletes runs that started before `before`, and their notices and incidents. Keeps the last `keep` runs of each command and
 * runs in progress. Uses short transactions, so that no start has to wait. Returns how many runs were deleted.
 */
export function pruneRuns(before: number, until = Number.POSITIVE_INFINITY, keep = 1): number {
  const runs = inBatches(
    `DELETE FROM runs WHERE id IN (
       SELECT id FROM runs INDEXED BY runs_by_start WHERE started_at < @before AND state <> 'running'
         AND (SELECT count(*) FROM (
           SELECT 1 FROM runs AS later WHERE later.name = runs.name AND later.id > runs.id LIMIT @keep)) = @keep
       ORDER BY started_at LIMIT ${batch})`,
    { before, keep },
    until,
  );
  inBatches(
    `DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE ended_at < @before LIMIT ${batch})`,
    { before },
    until,
  );
  inBatches(
    `DELETE FROM incidents WHERE id IN (
       SELECT id FROM incidents WHERE closed_at < @before AND closing_told = 1 LIMIT ${batch})`,
    { before },
    until,
  );
  return runs;
}

function inBatches(sql: string, values: Record<string, number>, until: number): number {
  const statement = ledger().prepare(sql);
  let total = 0;
  for (;;) {
    const { changes } = statement.run(values);
    total += changes;
    if (changes < batch || Date.now() > until) return total;
    sleepSync(pauseMs);
  }
}
