import { ledger } from "../ledger/ledgerFile";

/**
 * Up to when the monitor has looked for missed starts of a command. What it sees for the first time, or with a
 * new schedule, is expected from now on: nobody missed what was not there yet.
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

/** Forgets commands that are not expected any more, so that they begin anew when they come back. */
export function watchOnly(names: string[]): void {
  ledger()
    .prepare("DELETE FROM watched WHERE name NOT IN (SELECT value FROM json_each(?))")
    .run(JSON.stringify(names));
}

/** When runs of a command began since then, skipped ones among them: those came as well. */
export function startsSince(name: string, since: number): number[] {
  const rows = ledger()
    .prepare("SELECT started_at FROM runs WHERE name = ? AND started_at >= ? ORDER BY id DESC LIMIT 50000")
    .all(name, since) as { started_at: number }[];
  return rows.map((row) => row.started_at);
}
