import { settings } from "../config/config";
import { isAtTerminal } from "../process/thisProcess";
import type { SettledJob } from "../queue/QueueWorker";
import { closeIncidents, openIncident, openIncidents } from "../runs/ledger/incidents";
import { startSender } from "../runs/notices/startSender";
import { logWarn } from "../services/Logger";

/** How soon what another worker has told of is known here, in milliseconds. */
const lookEvery = 5000;
const prefix = "job ";
const longestReason = 160;

type Tell = (job: { id: number; type: string }, settlement: SettledJob) => void;

/**
 * Lets notices tell of jobs that failed, as they tell of commands: once for a type of jobs, and once more when it
 * works again. A type whose jobs fail now and then would tell of each, so it works again only when one was completed
 * and none had failed for a while. From the source, and at a terminal, nobody is told: somebody is looking.
 */
export function tellOfJobs(): Tell | undefined {
  if (typeof LAJU_BUILT === "undefined" || isAtTerminal()) return undefined;
  return jobTeller(settings().queueQuietMinutes * 60_000);
}

/** The same with its clock. `told` is called when there is something to send. */
function jobTeller(quietMs: number, now = Date.now, told = startSender): Tell {
  /** When a job of the type failed last, for types that are known to fail. */
  const failing = new Map<string, number>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = () => {
    if (now() - lookedAt < lookEvery) return;
    lookedAt = now();
    const open = openIncidents().filter(({ name }) => name.startsWith(prefix));
    const types = new Map(open.map(({ name, openedAt }) => [name.slice(prefix.length), openedAt]));
    for (const type of failing.keys()) if (!types.has(type)) failing.delete(type);
    for (const [type, at] of types) failing.set(type, Math.max(at, failing.get(type) ?? at));
  };
  return (job, settlement) => {
    if (settlement.state === "retry") return;
    try {
      look();
      if (settlement.state === "parked") {
        failing.set(job.type, now());
        if (openedParked(job.type, settlement.error, now())) told();
      } else if (settlement.state === "failed") {
        failing.set(job.type, now());
        if (opened(job, settlement.error, now())) told();
      } else if (now() - (failing.get(job.type) ?? Number.POSITIVE_INFINITY) >= quietMs) {
        failing.delete(job.type);
        if (closeIncidents(prefix + job.type, { runId: null, at: now() })) told();
      }
    } catch (error) {
      logWarn("Nobody is told how jobs went", { error: error.message });
    }
  };
}

function openedParked(type: string, error: string, openedAt: number): boolean {
  const reason = `${error} (node laju queue:list --state parked)`;
  return openIncident({ name: prefix + type, kind: "failing", reason, runId: null, openedAt });
}

function opened({ id, type }: { id: number; type: string }, error: string, openedAt: number): boolean {
  const [line = ""] = error.split("\n", 1);
  const what = line.length <= longestReason ? line : `${line.slice(0, longestReason)}…`;
  const reason = `failed: ${what} (node laju queue:show ${id})`;
  return openIncident({ name: prefix + type, kind: "failing", reason, runId: null, openedAt });
}
