import { settings } from "../config/config";
import type { JobState } from "../queue/jobRecord";
import { closeIncidents, openIncidents } from "../runs/ledger/incidents";
import { withQueue } from "../views/queue/openQueue";
import { jobPrefix } from "./jobNotices";

/** How many of a type's latest jobs to look at. */
const latest = 100;

/**
 * Closes the incidents of job types that work again: a job has completed after the last failure, and none has failed for
 * QUEUE_QUIET_MINUTES. A worker notices this when a job completes, which may take days for a rare type. Returns a sentence
 * about each.
 */
export async function closeJobIncidents(now: number): Promise<string[]> {
  const quietMs = settings().queueQuietMinutes * 60_000;
  const failing = openIncidents().filter(
    ({ name, openedAt }) => name.startsWith(jobPrefix) && now - openedAt >= quietMs,
  );
  if (failing.length === 0) return [];
  return withQueue(async (engine) => {
    const lastEnd = async (type: string, state: JobState) => {
      const jobs = await engine.list({ types: [type], states: [state], limit: latest });
      return Math.max(0, ...jobs.map(({ finishedAt }) => finishedAt ?? 0));
    };
    const news: string[] = [];
    for (const { name, openedAt } of failing) {
      const type = name.slice(jobPrefix.length);
      const failedAt = Math.max(openedAt, await lastEnd(type, "failed"));
      const works = now - failedAt >= quietMs && (await lastEnd(type, "completed")) > failedAt;
      if (works && closeIncidents(name, { runId: null, at: now })) news.push(`${name} works again`);
    }
    return news;
  });
}
