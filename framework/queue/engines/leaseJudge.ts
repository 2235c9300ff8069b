import type { Holder } from "../engine";

/**
 * How long a worker may be disconnected before it counts as dead, in milliseconds. A living worker reconnects or sends
 * a heartbeat sooner.
 */
const patience = 1400;
/**
 * How long after its lease has expired a connected worker still counts as alive, in milliseconds. Its process may
 * merely be busy.
 */
const connectedGrace = 300_000;

/** How long to wait for a heartbeat after finding an expired lease, in milliseconds. Workers send one every second. */
const listening = 3000;
/** QueueEngine.safeMs, for engines that know the state of a worker's connection and for those that don't. */
export const safeMs = { byConnection: patience, byLease: listening } as const;
/** A lease that expired longer ago than this (in milliseconds) at the first check is over immediately. */
const longOver = 60_000;
/**
 * A lease that hasn't been renewed for this long (in milliseconds; four times its length) is over even if it ends in
 * the future. A clock that briefly ran ahead may have set its end an hour too late.
 */
const longUnrenewed = 60_000;

/** A worker as the store describes it, before the judge has decided about its lease. */
export interface SeenHolder extends Omit<Holder, "lease"> {
  /** `remaining` is the time left in milliseconds, negative if the lease has expired. */
  lease: { until: number; remaining: number } | null;
}

/** An unregistered worker that holds jobs. */
export function unregisteredHolder(id: string): SeenHolder {
  return {
    id,
    host: null,
    pid: null,
    identity: null,
    concurrency: null,
    startedAt: null,
    types: null,
    lease: null,
  };
}

/** When each worker was first suspected to be dead, and when its lease was to end at that moment. */
type Sightings = Map<string, { since: number; until: number }>;

/**
 * Decides whether leases are over, from the leases and the state of the connections. A single check is never enough.
 * The server releases a worker's lock within milliseconds after the worker's process is killed, on any host. But the
 * lock is also free while a living worker reconnects, and after a server restart every worker's lock is free. And after
 * a clock has jumped, the server was down or a machine slept, all leases are expired although the workers are alive. So
 * each worker gets time to send a heartbeat.
 */
export class LeaseJudge {
  readonly #gone: Sightings = new Map();
  readonly #silent: Sightings = new Map();
  readonly #unrenewed: Sightings = new Map();
  #isFirstLook = true;

  constructor(readonly now = () => performance.now()) {}

  judge(holders: SeenHolder[], connected: ReadonlyMap<string, boolean>): Holder[] {
    const ids = new Set(holders.map(({ id }) => id));
    for (const seen of [this.#gone, this.#silent, this.#unrenewed])
      for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
    const judged = holders.map((holder) => this.#judged(holder, connected.get(holder.id)));
    this.#isFirstLook = false;
    return judged;
  }

  #judged({ lease, ...holder }: SeenHolder, isConnected: boolean | undefined): Holder {
    if (lease === null) return { ...holder, lease };
    const { until, remaining } = lease;
    const isSilent = this.#isSilent(holder.id, until, remaining);
    const isOver = this.#isOver(holder.id, until, { remaining, isSilent, isConnected });
    return { ...holder, lease: { until, isSilent, isOver } };
  }

  #isSilent(id: string, until: number, remaining: number): boolean {
    if (this.#isFirstLook && remaining < -longOver) return true;
    const now = this.now();
    const isUnrenewed = lasts(this.#unrenewed, id, { isSo: true, until, least: longUnrenewed, now });
    return lasts(this.#silent, id, { isSo: remaining < 0, until, least: listening, now }) || isUnrenewed;
  }

  #isOver(
    id: string,
    until: number,
    {
      remaining,
      isSilent,
      isConnected,
    }: { remaining: number; isSilent: boolean; isConnected: boolean | undefined },
  ): boolean {
    const isGone = isConnected === false;
    const isLongGone = lasts(this.#gone, id, {
      isSo: isGone,
      until,
      least: patience,
      now: this.now(),
    });
    if (isConnected === true) return isSilent && remaining < -connectedGrace;
    return isSilent || isLongGone;
  }
}

/** Whether a worker has been suspected for `least` milliseconds and has not renewed its lease during that time. */
function lasts(
  sightings: Sightings,
  id: string,
  { isSo, until, least, now }: { isSo: boolean; until: number; least: number; now: number },
): boolean {
  const seen = sightings.get(id);
  if (!isSo) sightings.delete(id);
  else if (seen?.until !== until) sightings.set(id, { since: now, until });
  else return now - seen.since >= least;
  return false;
}
