import { join } from "node:path";
import type { Run } from "../../framework/runs/ledger/run";
import { type RunRow, toRun } from "../../framework/runs/ledger/runRow";
import { withLedger } from "./ledger";

/**
 * A command's runs in an app's ledger, newest first. Costs a hundredth of `laju runs --json`, which shows the same but also
 * marks runs whose process is gone as lost.
 */
export function recordedRuns(root: string, name: string): Run[] {
  return withLedger(join(root, "data"), (ledger) => {
    const rows = ledger.prepare("SELECT * FROM runs WHERE name = ? ORDER BY id DESC").all(name);
    return (rows as RunRow[]).map(toRun);
  });
}
