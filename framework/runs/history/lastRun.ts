import { ledger } from "../ledger/ledgerFile";
import type { Run } from "../ledger/run";
import { type RunRow, toRun } from "../ledger/runRow";

/** A command's most recent finished run, successful or not. */
export function lastEndedRun(name: string): Run | undefined {
  const row = ledger()
    .prepare(
      "SELECT * FROM runs WHERE name = ? AND state NOT IN ('running', 'skipped') ORDER BY id DESC LIMIT 1",
    )
    .get(name) as RunRow | undefined;
  return row && toRun(row);
}

/** Which of these commands failed, timed out or were lost in their most recent finished run. */
export function failedNames(names: readonly string[]): string[] {
  const last = ledger()
    .prepare(
      "SELECT state FROM runs WHERE name = ? AND state NOT IN ('running', 'skipped') ORDER BY id DESC LIMIT 1",
    )
    .pluck();
  const bad: unknown[] = ["failed", "timed_out", "lost"];
  return names.filter((name) => bad.includes(last.get(name)));
}

/** The runs in progress on all hosts. */
export function runningRuns(): Run[] {
  // Without the INDEXED BY hint, SQLite scans all runs to avoid sorting, which takes 200 ms for a million runs.
  const rows = ledger()
    .prepare("SELECT * FROM runs INDEXED BY runs_open WHERE state = 'running' ORDER BY id")
    .all();
  return (rows as RunRow[]).map(toRun);
}

/** The durations of a command's latest successful runs, in milliseconds. */
export function lastDurations(name: string): number[] {
  const rows = ledger()
    .prepare(
      `SELECT max(0, coalesce(duration, finished_at - started_at)) AS lasted FROM runs
       WHERE name = ? AND state = 'succeeded' ORDER BY id DESC LIMIT 20`,
    )
    .all(name) as { lasted: number }[];
  return rows.map(({ lasted }) => lasted);
}
