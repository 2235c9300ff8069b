import { setImmediate } from "node:timers/promises";
import type { Database } from "../../../services/database/sqliteDriver";
import type { OldestReady, Outcome, Outcomes, TimeSteps } from "../../jobRecord";
import { outcomeWindow } from "../outcomeWindow";
import { numbered, reading, rowsOf } from "./connection";

/** How many rows to read at a time, which takes about 10 ms. The process does other work in between. */
const portion = 20_000;

const ended = `select type, status, cast((completed_at - ?3) / ?4 as integer), count(*) from jobs
  where id > ?1 and id <= ?2 and status in ('completed', 'failed') and completed_at >= ?3 and completed_at < ?5
  group by 1, 2, 3`;

export async function countOutcomes(
  database: Database,
  { from, stepMs, count }: TimeSteps,
): Promise<Outcomes> {
  const [[newest]] = reading(() => rowsOf(database, "select coalesce(max(id), 0) from jobs")) as [[number]];
  const first = Math.max(0, newest - outcomeWindow);
  const found: Outcome[] = [];
  for (let after = first; after < newest; after += portion) {
    const words = numbered(after, Math.min(after + portion, newest), from, stepMs, from + stepMs * count);
    for (const [type, state, step, count] of reading(() => rowsOf(database, ended, words))) {
      found.push({ type, state, step, count } as Outcome);
    }
    await setImmediate();
  }
  return { ended: found, isPartial: first > 0 && isYoung(database, first, from) };
}

function isYoung(database: Database, id: number, from: number): boolean {
  const question = "select created_at from jobs where id <= ? order by id desc limit 1";
  const [[createdAt] = []] = reading(() => rowsOf(database, question, id));
  return Number(createdAt ?? 0) >= from;
}

export function oldestReady(database: Database): OldestReady[] {
  const rows = rowsOf(
    database,
    `select type, min(coalesce(due, created_at)) from jobs where status = 'pending' group by type
     union all select type, min(coalesce(due, created_at)) from jobs where status = 'parked' group by type`,
  );
  return rows.map(([type, since]) => ({ type, since }) as OldestReady);
}
