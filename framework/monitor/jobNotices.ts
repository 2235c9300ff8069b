import { settings } from "../config/config";
import { isAtTerminal } from "../process/thisProcess";
import type { SettledJob } from "../queue/QueueWorker";
import { closeIncidents, openIncident, openIncidents } from "../runs/ledger/incidents";
import { startSender } from "../runs/notices/startSender";
import { logWarn } from "../services/Logger";

/** How often to check for incidents that other workers have opened or closed, in milliseconds. */
const refreshEvery = 5000;
/** A job type's incident has this prefix and the type as its name. No command can have a name with a space. */
export const jobPrefix = "job ";
const longestReason = 160;

type OnSettled = (job: { id: number; type: string }, settlement: SettledJob) => void;

/**
 * Sends notices about failing jobs as for failing commands: one when a job type starts failing and one when it works
 * again. A type that fails only occasionally must not cause a notice for every failure, so it counts as working again
 * only when a job has completed and none has failed for a while. A worker that runs from source or at a terminal sends
 * no notices, because someone is watching it.
 */
export function jobNotices(): OnSettled | undefined {
  if (typeof LAJU_BUILT === "undefined" || isAtTerminal()) return undefined;
  return noticesByType(settings().queueQuietMinutes * 60_000);
}

/** @deprecated Its former name, which existing apps import. */
export const tellOfJobs = jobNotices;

/** `send` is called when there is a notice to send. */
function noticesByType(quietMs: number, now = Date.now, send = startSender): OnSettled {
  /** When a job of each failing type last failed. */
  const failing = new Map<string, number>();
  let refreshedAt = Number.NEGATIVE_INFINITY;
  const refresh = () => {
    if (now() - refreshedAt < refreshEvery) return;
    refreshedAt = now();
    const open = openIncidents().filter(({ name }) => name.startsWith(jobPrefix));
    const types = new Map(open.map(({ name, openedAt }) => [name.slice(jobPrefix.length), openedAt]));
    for (const type of failing.keys()) if (!types.has(type)) failing.delete(type);
    for (const [type, at] of types) failing.set(type, Math.max(at, failing.get(type) ?? at));
  };
  return (job, settlement) => {
    if (settlement.state === "retry") return;
    try {
      refresh();
      if (settlement.state === "parked") {
        failing.set(job.type, now());
        if (openedParked(job.type, settlement.error, now())) send();
      } else if (settlement.state === "failed") {
        failing.set(job.type, now());
        if (opened(job, settlement.error, now())) send();
      } else if (now() - (failing.get(job.type) ?? Number.POSITIVE_INFINITY) >= quietMs) {
        failing.delete(job.type);
        if (closeIncidents(jobPrefix + job.type, { runId: null, at: now() })) send();
      }
    } catch (error) {
      logWarn("Could not record the results of jobs for notices", { error: error.message });
    }
  };
}

function openedParked(type: string, error: string, openedAt: number): boolean {
  const reason = `${error} (node laju queue:list --state parked)`;
  return openIncident({ name: jobPrefix + type, kind: "failing", reason, runId: null, openedAt });
}

function opened({ id, type }: { id: number; type: string }, error: string, openedAt: number): boolean {
  const [line = ""] = error.split("\n", 1);
  const what = line.length <= longestReason ? line : `${line.slice(0, longestReason)}…`;
  const reason = `failed: ${what} (node laju queue:show ${id})`;
  return openIncident({ name: jobPrefix + type, kind: "failing", reason, runId: null, openedAt });
}
