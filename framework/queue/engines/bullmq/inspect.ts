import { countsOf, type JobFilter, type JobRecord, jobStates, type QueueCounts } from "../../jobRecord";
import { numbers, type RecordReply, toRecord } from "./fields";
import type { Scripts } from "./scripts";

/**
 * How many jobs of each state and queue a listing reads. If there are more, it omits those that have been waiting, or
 * have been finished, for the longest time.
 */
const window = 1000;

/** Relies on lua/look.ts, which counts the states in the order of `jobStates`. */
export async function countJobs(scripts: Scripts): Promise<QueueCounts> {
  const rows = await scripts.run<[string, ...number[]][]>("counts");
  const all = rows.flatMap(([type, ...counts]) =>
    jobStates.map((state, at) => ({ type, state, count: counts[at] ?? 0 })),
  );
  const byType = all.filter(({ count }) => count > 0);
  return countsOf(byType.sort((a, b) => compare(a.type, b.type) || compare(a.state, b.state)));
}

/** Lists jobs, newest first. */
export async function listJobs(scripts: Scripts, filter: JobFilter): Promise<JobRecord[]> {
  const { states = jobStates, types = [], userId = "", limit } = filter;
  const words = [limit, userId, Math.max(limit, window), states.length, ...states, ...types];
  return (await scripts.run<RecordReply[]>("list", words)).map(toRecord);
}

export async function findJob(scripts: Scripts, id: number): Promise<JobRecord | undefined> {
  const found = await scripts.run<RecordReply | []>("find", [id]);
  return found.length === 0 ? undefined : toRecord(found);
}

/** The maximum number of jobs to change in one operation, which blocks all other clients of Redis. */
const portion = 500;

export async function retryJobs(scripts: Scripts, which: readonly number[] | "failed"): Promise<number[]> {
  if (which !== "failed") return numbers(await scripts.run<string[]>("retry", which));
  const retried: string[] = [];
  for (;;) {
    const some = await scripts.run<string[]>("retryFailed", [portion]);
    if (some.length === 0) return numbers(retried);
    retried.push(...some);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
