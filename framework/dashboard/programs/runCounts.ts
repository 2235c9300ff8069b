import { ledger } from "../../runs/ledger/ledgerFile";
import type { RunState } from "../../runs/ledger/run";

/** How many runs of a command ended in a state. */
export interface RunCount {
  name: string;
  state: RunState;
  count: number;
}

const counts = new Map<string, RunCount>();
/** The ids of the runs that had not ended at the last count. */
let open: number[] = [];
let countedTo = 0;
let countedIn: unknown;

/**
 * Counts all runs in the ledger. Each call reads only the runs since the previous call. The counts never decrease,
 * unless the ledger's file is replaced.
 */
export function countRuns(): RunCount[] {
  const source = ledger();
  if (source !== countedIn) {
    counts.clear();
    [countedIn, countedTo, open] = [source, 0, []];
  }
  const newest = (source.prepare("SELECT max(id) FROM runs").pluck().get() as number | null) ?? 0;
  add(
    ledger()
      .prepare(
        "SELECT name, state, count(*) AS count FROM runs WHERE id > ? AND id <= ? AND state <> 'running' GROUP BY 1, 2",
      )
      .all(countedTo, newest) as RunCount[],
  );
  const ended = ledger().prepare(
    "SELECT name, state, 1 AS count FROM runs WHERE id = ? AND state <> 'running'",
  );
  for (const id of open) add(ended.all(id) as RunCount[]);
  open = ledger()
    .prepare("SELECT id FROM runs INDEXED BY runs_open WHERE state = 'running' AND id <= ?")
    .pluck()
    .all(newest) as number[];
  countedTo = Math.max(countedTo, newest);
  return [...counts.values()];
}

function add(more: readonly RunCount[]): void {
  for (const { name, state, count } of more) {
    const key = `${state} ${name}`;
    const known = counts.get(key) ?? { name, state, count: 0 };
    known.count += count;
    counts.set(key, known);
  }
}
