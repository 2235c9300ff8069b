import type { CheckResult } from "../doctor/check";
import { askStores, hasStores, isQueueRemote, lastAnswer, type StoresAnswer } from "../doctor/stores";
import { ago } from "../text/ago";
import { queueTroubles } from "./queue/queueState";
import { lookAtQueue, type QueueLook } from "./queue/queueStatus";
import type { Status } from "./statusRows";

export interface StoresPart extends QueueLook {
  /** When the servers were asked that the queue or `oneServer` are on; null where there is none. */
  storesAskedAt: number | null;
}

/**
 * `status` with the queue and the other servers that commands depend on. Those are asked when that is wanted (`isAsked`), or
 * nobody has asked them yet; else it is their last answer that is shown, since one that is away would keep people waiting.
 */
export async function withStores(
  status: Status,
  isAsked: boolean,
  now = Date.now(),
): Promise<Status & StoresPart> {
  const stores = hasStores() ? ((isAsked ? undefined : lastAnswer()) ?? (await askStores())) : undefined;
  const { queue, queueProblem } = isQueueRemote() ? (stores as StoresAnswer) : await lookAtQueue();
  const isStarted = status.commands.some(({ name, isScheduled }) => name === "Worker" && isScheduled);
  const troubles = queue == null ? [] : queueTroubles(queue, isStarted);
  const findings = (stores?.findings ?? localFinding(queueProblem)).map((one) => aged(one, stores, now));
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

/** A queue in the app's own file is looked at each time. */
function localFinding(problem: string | undefined): CheckResult[] {
  if (problem === undefined) return [];
  return [{ name: "queue", state: "bad", message: `the queue cannot be read: ${problem}` }];
}

function aged(finding: CheckResult, stores: StoresAnswer | undefined, now: number): CheckResult {
  if (stores === undefined || finding.state !== "bad" || now - stores.at < freshMs) return finding;
  return { ...finding, message: `${finding.message} (asked ${ago(now - stores.at)})` };
}

/** An answer of this very moment needs no age, in milliseconds. */
const freshMs = 2_000;
