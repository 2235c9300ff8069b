import { hostname } from "node:os";
import type { Holder } from "../engine";

/** A worker that lives connects anew sooner than this, in milliseconds, or sends a heartbeat. */
const patience = 900;
/** How much longer than its lease one is believed whose connection is there: it may only compute, in milliseconds. */
const connectedGrace = 300_000;

export interface SeenHolder extends Holder {
  /** How long its lease goes on, in milliseconds; negative: how long it has been over. */
  remaining: number;
}

/** Somebody who holds jobs and isn't registered. */
export function stranger(id: string): SeenHolder {
  const unknown = { host: null, pid: null, identity: null, concurrency: null, startedAt: null, lease: null };
  return { id, ...unknown, remaining: 0 };
}

/**
 * Whether leases are over, by what is known of the connections as well: a session's lock is free some milliseconds
 * after its process was killed, on whatever host. It is free too while a living worker connects anew, and after a
 * restart of the server everybody's is: so it has to be seen free twice with no heartbeat between.
 */
export class Trust {
  readonly #gone = new Map<string, { since: number; until: number }>();

  constructor(readonly now = () => performance.now()) {}

  judge(holders: SeenHolder[], connected: ReadonlyMap<string, boolean>): Holder[] {
    const ids = new Set(holders.map(({ id }) => id));
    for (const id of this.#gone.keys()) if (!ids.has(id)) this.#gone.delete(id);
    return holders.map((holder) => this.#judged(holder, connected.get(holder.id)));
  }

  #judged({ remaining, ...holder }: SeenHolder, isConnected: boolean | undefined): Holder {
    const { id, lease } = holder;
    // On this host the process itself is looked at, see liveness: that says more than its connection.
    if (lease === null || isConnected === undefined || holder.host === hostname()) return holder;
    if (!isConnected) {
      const isOver = lease.isOver || this.#isLongGone(id, lease.until);
      return { ...holder, lease: { ...lease, isOver } };
    }
    this.#gone.delete(id);
    return { ...holder, lease: { ...lease, isOver: remaining < -connectedGrace } };
  }

  #isLongGone(id: string, until: number): boolean {
    const seen = this.#gone.get(id);
    if (seen?.until === until) return this.now() - seen.since >= patience;
    this.#gone.set(id, { since: this.now(), until });
    return false;
  }
}
