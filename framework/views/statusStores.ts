import type { CheckResult } from "../doctor/check";
import {
  askStores,
  hasStores,
  isQueueRemote,
  lastAnswer,
  queueFinding,
  type StoresAnswer,
} from "../doctor/stores";
import { ago } from "../text/ago";
import { queueTroubles } from "./queue/queueState";
import { type QueueReading, readQueue } from "./queue/queueStatus";
import type { Status } from "./statusRows";

export interface StoresPart extends QueueReading {
  /** When the servers of the queue and `oneServer` were last checked; null if there are none. */
  storesAskedAt: number | null;
}

/**
 * Adds the queue and the servers that commands depend on to `status`. Checks the servers if `isAsked` or if they have
 * never been checked. Otherwise uses the result of the last check, because waiting for a server that is down takes too
 * long.
 */
export async function withStores(
  status: Status,
  isAsked: boolean,
  now = Date.now(),
): Promise<Status & StoresPart> {
  const stores = hasStores() ? ((isAsked ? undefined : lastAnswer()) ?? (await askStores())) : undefined;
  const reading = isQueueRemote() ? (stores as StoresAnswer) : await readQueue();
  const { queue, queueProblem } = reading;
  const isStarted = status.commands.some(({ name, isScheduled }) => name === "Worker" && isScheduled);
  const troubles = queue == null ? [] : queueTroubles(queue, isStarted);
  const findings = (stores?.findings ?? queueFinding(reading)).map((one) => aged(one, stores, now));
  const bad = findings.filter(({ state }) => state === "bad").map(({ message }) => message);
  return {
    ...status,
    queue,
    ...(queueProblem !== undefined && { queueProblem }),
    storesAskedAt: stores?.at ?? null,
    health: [...(status.health ?? []), ...findings],
    needsPerson: [...status.needsPerson, ...troubles, ...bad],
  };
}

function aged(finding: CheckResult, stores: StoresAnswer | undefined, now: number): CheckResult {
  if (stores === undefined || finding.state !== "bad" || now - stores.at < freshMs) return finding;
  return { ...finding, message: `${finding.message} (checked ${ago(now - stores.at)})` };
}

/** If the result of a check is younger than this, in milliseconds, it is shown without its age. */
const freshMs = 2_000;
