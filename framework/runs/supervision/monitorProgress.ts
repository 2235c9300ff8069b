import { ledger } from "../ledger/ledgerFile";

/**
 * The time up to which the monitor has checked a command for missed starts. For a new command or a new schedule, that is
 * now.
 */
export function checkedUntil(name: string, schedule: string, now: number): number {
  const row = ledger().prepare("SELECT schedule, checked_until FROM watched WHERE name = ?").get(name) as
    | { schedule: string; checked_until: number }
    | undefined;
  if (row?.schedule === schedule) return row.checked_until;
  setCheckedUntil(name, schedule, now);
  return now;
}

export function setCheckedUntil(name: string, schedule: string, until: number): void {
  ledger()
    .prepare("INSERT OR REPLACE INTO watched (name, schedule, checked_until) VALUES (?, ?, ?)")
    .run(name, schedule, until);
}

/** Forgets all commands but these. If a forgotten command comes back, it is checked from then on. */
export function watchOnly(names: string[]): void {
  ledger()
    .prepare("DELETE FROM watched WHERE name NOT IN (SELECT value FROM json_each(?))")
    .run(JSON.stringify(names));
}

/** Whether the command was running at a given time. */
export function wasRunningAt(name: string, time: number): boolean {
  const run = ledger()
    .prepare(
      "SELECT 1 FROM runs WHERE name = ? AND started_at < ? AND (finished_at IS NULL OR finished_at >= ?) LIMIT 1",
    )
    .get(name, time, time);
  return run !== undefined;
}

/** The start times of a command's runs since this time, including skipped ones. */
export function startsSince(name: string, since: number): number[] {
  const rows = ledger()
    .prepare("SELECT started_at FROM runs WHERE name = ? AND started_at >= ? ORDER BY id DESC LIMIT 50000")
    .all(name, since) as { started_at: number }[];
  return rows.map((row) => row.started_at);
}
