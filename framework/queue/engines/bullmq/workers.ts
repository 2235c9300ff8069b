import type { WorkerRecord } from "../../engine";
import { type SeenHolder, unregisteredHolder } from "../leaseJudge";
import { hashOf } from "./fields";

/**
 * A worker's registration, stored beside its lease. `hasSession` tells whether it has a connection that can be checked.
 */
interface KnownWorker extends Omit<WorkerRecord, "leaseMs"> {
  startedAt: number;
}

export type HoldersReply = [now: string, workers: string[], leases: string[], holding: string[]];

export function workerText({ leaseMs: _, ...worker }: WorkerRecord, startedAt: number): string {
  return JSON.stringify({ ...worker, startedAt } satisfies KnownWorker);
}

/** All registered workers, and unregistered ones that hold jobs. */
export function holdersFrom([now, workers, leases, holding]: HoldersReply): SeenHolder[] {
  const until = hashOf(leases);
  const known = Object.entries(hashOf(workers)).map(([id, text]) => holderOf(id, text as string, until, now));
  const unregistered = holding.filter((id) => until[id] === undefined).map(unregisteredHolder);
  return [...known.filter((holder) => holder !== undefined), ...unregistered];
}

function holderOf(
  id: string,
  text: string,
  leases: Partial<Record<string, string>>,
  now: string,
): SeenHolder | undefined {
  if (leases[id] === undefined) return undefined;
  const { host, pid, identity, concurrency, startedAt, types = null } = JSON.parse(text) as KnownWorker;
  const until = Number(leases[id]);
  const lease = { until, remaining: until - Number(now) };
  return { id, host, pid, identity, concurrency, startedAt, types, lease };
}
