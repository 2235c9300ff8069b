import type { JobRecord } from "../../queue/jobRecord";
import { openQueue } from "./queue";

/** How the recent jobs of a type did, as far as the newest ones show. */
export interface TypePace {
  /** How long the oldest ready job has waited, in milliseconds; null for none. */
  oldestWait: number | null;
  /** Whether there are more ready jobs than were read, so that the oldest has waited longer. */
  isAtLeast: boolean;
  completed: number;
  failed: number;
  /** How many jobs ended in each of the last sixty minutes, newest last. */
  minutes: number[];
}

/** How many of the newest jobs are read. The page says so if there are more. */
export const mostLookedAt = 1_000;
const minuteMs = 60_000;
const shownMinutes = 60;

export async function readPaces(now: number): Promise<Map<string, TypePace>> {
  const engine = await openQueue();
  const [ready, ended] = await Promise.all([
    engine.list({ states: ["pending"], limit: mostLookedAt }),
    engine.list({ states: ["completed", "failed"], limit: mostLookedAt }),
  ]);
  const paces = new Map<string, TypePace>();
  const paceOf = (type: string) => {
    const known = paces.get(type) ?? emptyPace(ready.length >= mostLookedAt);
    paces.set(type, known);
    return known;
  };
  for (const { type, due, createdAt } of ready) {
    const pace = paceOf(type);
    const waited = Math.max(0, now - (due ?? createdAt ?? now));
    pace.oldestWait = Math.max(pace.oldestWait ?? 0, waited);
  }
  for (const job of ended) count(paceOf(job.type), job, now);
  return paces;
}

function emptyPace(isAtLeast: boolean): TypePace {
  return { oldestWait: null, isAtLeast, completed: 0, failed: 0, minutes: Array(shownMinutes).fill(0) };
}

function count(pace: TypePace, { state, finishedAt }: JobRecord, now: number): void {
  if (finishedAt === null || now - finishedAt >= shownMinutes * minuteMs) return;
  if (state === "failed") pace.failed += 1;
  else pace.completed += 1;
  const minute = shownMinutes - 1 - Math.floor(Math.max(0, now - finishedAt) / minuteMs);
  pace.minutes[minute] = (pace.minutes[minute] ?? 0) + 1;
}

/** Failed jobs with the same error, ignoring its numbers. */
export interface JobFailures {
  title: string;
  types: Set<string>;
  ids: number[];
  lastAt: number | null;
}

export async function readFailedJobs(): Promise<JobFailures[]> {
  const engine = await openQueue();
  const failed = await engine.list({ states: ["failed"], limit: mostLookedAt });
  const groups = new Map<string, JobFailures>();
  for (const { id, type, error, finishedAt } of failed) {
    const [title = ""] = (error ?? "no error").split("\n", 1);
    const key = title.replace(/\d+/g, "#");
    const group = groups.get(key) ?? { title, types: new Set(), ids: [], lastAt: finishedAt };
    group.types.add(type);
    group.ids.push(id);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.ids.length - a.ids.length);
}
