import type { Knex } from "knex";
import type { OldestReady, Outcomes, TimeSteps } from "../../jobRecord";
import { outcomeWindow } from "../outcomeWindow";
import { unlimited } from "./patientClient";

interface Row {
  type: string;
  status: "completed" | "failed";
  step: number | string;
  count: number | string;
}

export async function countOutcomes(database: Knex, { from, stepMs, count }: TimeSteps): Promise<Outcomes> {
  const [{ newest }]: { newest: number | null }[] = await database("jobs").max({ newest: "id" });
  const first = Math.max(0, Number(newest ?? 0) - outcomeWindow);
  const step = database.raw("floor((completed_at - ?) / ?)", [from, stepMs]);
  const rows: Row[] = await database("jobs")
    .options(unlimited)
    .where("id", ">", first)
    .whereIn("status", ["completed", "failed"])
    .where("completed_at", ">=", from)
    .where("completed_at", "<", from + stepMs * count)
    .groupByRaw("1, 2, 3")
    .select("type", "status", { step })
    .count({ count: "*" });
  const ended = rows.map(({ type, status, step, count }) => {
    return { type, state: status, step: Number(step), count: Number(count) };
  });
  return { ended, isPartial: first > 0 && (await isYoung(database, first, from)) };
}

async function isYoung(database: Knex, id: number, from: number): Promise<boolean> {
  const before = database("jobs").where("id", "<=", id).orderBy("id", "desc");
  const row: { created_at: number | null } | undefined = await before.first("created_at");
  return Number(row?.created_at ?? 0) >= from;
}

export async function oldestReady(database: Knex): Promise<OldestReady[]> {
  const rows: { type: string; since: number | string | null }[] = await database("jobs")
    .options(unlimited)
    .whereIn("status", ["pending", "parked"])
    .groupBy("type")
    .select("type", { since: database.raw("min(coalesce(due, created_at))") });
  return rows.map(({ type, since }) => ({ type, since: Number(since ?? 0) }));
}
