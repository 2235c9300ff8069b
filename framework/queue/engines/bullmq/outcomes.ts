import type { OldestReady, Outcome, Outcomes, TimeSteps } from "../../jobRecord";
import { type RecordReply, toRecord } from "./fields";
import type { Scripts } from "./scripts";

/**
 * Counts the jobs that ended in each interval. The counts are complete, because Redis keeps finished jobs sorted by
 * when they ended.
 */
export async function countOutcomes(scripts: Scripts, { from, stepMs, count }: TimeSteps): Promise<Outcomes> {
  const rows = await scripts.run<[string, string, number, number][]>("outcomes", [from, stepMs, count]);
  const ended = rows.map(([type, state, step, count]) => ({ type, state, step, count }) as Outcome);
  return { ended, isPartial: false };
}

export async function oldestReady(scripts: Scripts): Promise<OldestReady[]> {
  const oldest = new Map<string, number>();
  for (const reply of await scripts.run<RecordReply[]>("oldestReady")) {
    const { type, due, createdAt } = toRecord(reply);
    const since = due ?? createdAt ?? 0;
    oldest.set(type, Math.min(since, oldest.get(type) ?? since));
  }
  return [...oldest].map(([type, since]) => ({ type, since }));
}
