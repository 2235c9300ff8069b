import type { Outcome } from "../../queue/jobRecord";
import { openQueue } from "./queue";

/** How many jobs completed and failed in each interval, the newest last. */
export interface Pace {
  completed: number[];
  failed: number[];
}

export interface QueuePace {
  stepMs: number;
  total: Pace;
  types: ReadonlyMap<string, Pace>;
  /** When the oldest ready job of each type became ready. */
  oldest: ReadonlyMap<string, number>;
  /** Whether the counts may be incomplete. */
  isPartial: boolean;
}

/** The time spans that a page can show. */
export const paceSpans = {
  hour: { stepMs: 60_000, count: 60, words: "the last hour" },
  day: { stepMs: 1_800_000, count: 48, words: "the last day" },
} as const;
export type PaceSpan = keyof typeof paceSpans;

/**
 * How long to pause after counting, as a multiple of the time that the count took. This keeps the share of time spent
 * counting small even if the queue is large.
 */
const restFactor = 20;
const leastAgeMs = 1_500;

const kept = new Map<PaceSpan, { pace: Promise<QueuePace>; until: number }>();

/** The pace of the queue, counted once for all visitors. */
export function readPace(span: PaceSpan, now = Date.now()): Promise<QueuePace> {
  const known = kept.get(span);
  if (known !== undefined && now < known.until) return known.pace;
  const pace = countPace(span);
  const entry = { pace, until: Number.POSITIVE_INFINITY };
  kept.set(span, entry);
  const settle = (tookMs: number) => {
    entry.until = now + Math.max(leastAgeMs, tookMs * restFactor);
  };
  pace.then(
    () => settle(Date.now() - now),
    () => settle(0),
  );
  return pace;
}

async function countPace(span: PaceSpan): Promise<QueuePace> {
  const { stepMs, count } = paceSpans[span];
  const engine = await openQueue();
  const now = engine.now?.() ?? Date.now();
  const from = (Math.floor(now / stepMs) - count + 1) * stepMs;
  const [{ ended, isPartial }, ready] = await Promise.all([
    engine.outcomes({ from, stepMs, count }),
    engine.oldestReady(),
  ]);
  const types = new Map<string, Pace>();
  for (const outcome of ended) add(paceOf(types, outcome.type, count), outcome);
  const total = emptyPace(count);
  for (const outcome of ended) add(total, outcome);
  return { stepMs, total, types, oldest: new Map(ready.map(({ type, since }) => [type, since])), isPartial };
}

function paceOf(types: Map<string, Pace>, type: string, count: number): Pace {
  const known = types.get(type) ?? emptyPace(count);
  types.set(type, known);
  return known;
}

function emptyPace(count: number): Pace {
  return { completed: Array(count).fill(0), failed: Array(count).fill(0) };
}

function add(pace: Pace, { state, step, count }: Outcome): void {
  const steps = pace[state];
  if (step >= 0 && step < steps.length) steps[step] = (steps[step] ?? 0) + count;
}

/** Failed jobs with the same error. Numbers in the error may differ. */
export interface JobFailures {
  title: string;
  types: Set<string>;
  ids: number[];
  lastAt: number | null;
}

/** How many of the newest failed jobs are grouped. The page says so if there are more. */
export const maxGrouped = 1_000;

export async function readFailedJobs(): Promise<JobFailures[]> {
  const engine = await openQueue();
  const failed = await engine.list({ states: ["failed"], limit: maxGrouped });
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

/** How many jobs of each type each worker is processing, counted among the newest running jobs. */
export async function readHeld(): Promise<Map<string, Map<string, number>>> {
  const engine = await openQueue();
  const held = new Map<string, Map<string, number>>();
  for (const { worker, type } of await engine.list({ states: ["processing"], limit: maxGrouped })) {
    if (worker === null) continue;
    const types = held.get(worker) ?? new Map<string, number>();
    types.set(type, (types.get(type) ?? 0) + 1);
    held.set(worker, types);
  }
  return held;
}
