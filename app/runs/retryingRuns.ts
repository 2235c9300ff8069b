import { hostname } from "node:os";
import { ledger } from "./ledgerFile";
import type { Run } from "./run";
import { type RunRow, toRun } from "./runRow";
import { lifeOf } from "./thisProcess";

/** More than that many runs of a command do not wait at a time. */
const looked = 50;

/**
 * First attempts of a command whose process is still there on this host: it waits to try again, or for the attempt
 * that goes on.
 */
export function retryingRuns(name: string): Run[] {
  const rows = ledger()
    .prepare(
      `SELECT * FROM runs WHERE name = ? AND state IN ('failed', 'timed_out', 'lost') AND attempt = 1 AND host = ?
       ORDER BY id DESC LIMIT ${looked}`,
    )
    .all(name, hostname()) as RunRow[];
  return rows.filter((row) => lifeOf(row.pid, row.process) === "alive").map(toRun);
}
