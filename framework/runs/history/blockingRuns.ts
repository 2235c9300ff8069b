import { ledger } from "../ledger/ledgerFile";
import { overlapStart } from "../ledger/run";
import type { BlockingRun } from "./hang";
import { runningRuns } from "./lastRun";
import { markLostRuns } from "./lostRuns";

/** The runs in progress, each with the number of starts that were skipped because that run was still active. */
export function blockingRuns(): BlockingRun[] {
  markLostRuns();
  return runningRuns().map((run) => ({ run, skipped: overlapSkips(run.name, run.id) }));
}

/**
 * How many starts of a command were skipped because the run with this id was still active. Starts skipped because of a
 * pause don't count.
 */
export function overlapSkips(name: string, id: number): number {
  const row = ledger()
    .prepare(
      "SELECT count(*) AS count FROM runs WHERE name = ? AND id > ? AND state = 'skipped' AND message LIKE ?",
    )
    .get(name, id, `${overlapStart}%`) as { count: number };
  return row.count;
}
