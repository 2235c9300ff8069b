import { hostName, lifeOf } from "../../process/thisProcess";
import { ledger } from "../ledger/ledgerFile";
import type { RunRow } from "../ledger/runRow";

const queries = {
  running: "SELECT * FROM runs WHERE state = 'running' AND name = ? AND host = ? ORDER BY id DESC",
  // The limit is larger than the number of runs that any command has waiting for a retry.
  retrying: `SELECT * FROM runs WHERE name = ? AND host = ? AND state IN ('failed', 'timed_out', 'lost') AND attempt = 1
    ORDER BY id DESC LIMIT 50`,
};

/**
 * A command's runs whose process is alive on this host and visible to this process. `running` selects runs in progress.
 * `retrying` selects failed first attempts whose process is waiting for a retry to start or to end.
 */
export function livingRuns(name: string, what: keyof typeof queries): RunRow[] {
  const rows = ledger().prepare(queries[what]).all(name, hostName()) as RunRow[];
  return rows.filter((row) => lifeOf(row.pid, row.process) === "alive");
}
