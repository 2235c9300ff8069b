import { hostName, lifeOf } from "../../process/thisProcess";
import { ledger } from "../ledger/ledgerFile";
import type { RunRow } from "../ledger/runRow";

const queries = {
  running: "SELECT * FROM runs WHERE state = 'running' AND name = ? AND host = ? ORDER BY id DESC",
  // More than that many runs of a command do not wait at a time.
  retrying: `SELECT * FROM runs WHERE name = ? AND host = ? AND state IN ('failed', 'timed_out', 'lost') AND attempt = 1
    ORDER BY id DESC LIMIT 50`,
};

/**
 * The runs of a command whose process is one of this host's, seen from here: those that go on, or first attempts that
 * ended and wait to try again, or for the attempt that goes on.
 */
export function livingRuns(name: string, what: keyof typeof queries): RunRow[] {
  const rows = ledger().prepare(queries[what]).all(name, hostName()) as RunRow[];
  return rows.filter((row) => lifeOf(row.pid, row.process) === "alive");
}
