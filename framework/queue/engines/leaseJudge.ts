import type { Holder } from "../engine";

/** A worker that lives connects anew sooner than this, in milliseconds, or sends a heartbeat. */
const patience = 900;
/** How much longer than its lease one is believed whose connection is there: it may only compute, in milliseconds. */
const connectedGrace = 300_000;

/** How long a lease must have been seen over without a heartbeat: a worker sends one each second, in milliseconds. */
const listening = 3000;
/** What was over for so long when this process first looked is believed at once, in milliseconds. */
const longOver = 60_000;
/**
 * A lease that nobody prolonged for so long is over, in milliseconds, whatever the clocks say: it is four leases, and a clock
 * that ran ahead for a moment may have put its end an hour away.
 */
const longUnprolonged = 60_000;

/** A holder as the store knows it. */
export interface SeenHolder extends Omit<Holder, "lease"> {
  /** `remaining`: how long it goes on, in milliseconds; negative: how long it has been over. */
  lease: { until: number; remaining: number } | null;
}

/** Somebody who holds jobs and isn't registered. */
export function stranger(id: string): SeenHolder {
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

/** What happened at a look that may not be the last word: when it was first seen, and at which lease. */
type Sightings = Map<string, { since: number; until: number }>;

/**
 * Whether leases are over, by what is known of the connections as well. Neither is believed at one look.
 *
 * A session's lock is free some milliseconds after its process was killed, on whatever host. It is free too while a
 * living worker connects anew, and after a restart of the server everybody's is. And a clock that jumps, a server that
 * was away, or a machine that slept ends every lease at once, while the workers live: each gets the time for a heartbeat.
 */
export class LeaseJudge {
  readonly #gone: Sightings = new Map();
  readonly #silent: Sightings = new Map();
  readonly #unprolonged: Sightings = new Map();
  #isFirstLook = true;

  constructor(readonly now = () => performance.now()) {}

  judge(holders: SeenHolder[], connected: ReadonlyMap<string, boolean>): Holder[] {
    const ids = new Set(holders.map(({ id }) => id));
    for (const seen of [this.#gone, this.#silent, this.#unprolonged])
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
    const isUnprolonged = lasts(this.#unprolonged, id, { isSo: true, until, least: longUnprolonged, now });
    return lasts(this.#silent, id, { isSo: remaining < 0, until, least: listening, now }) || isUnprolonged;
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
    const isLongGone = lasts(this.#gone, id, { isSo: isGone, until, least: patience, now: this.now() });
    if (isConnected === true) return isSilent && remaining < -connectedGrace;
    return isSilent || isLongGone;
  }
}

/** Whether something has been so for `least` milliseconds, with the lease never prolonged. */
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
