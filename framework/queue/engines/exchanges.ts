import {
  type ClaimedJob,
  type ClaimRequest,
  type Exchange,
  type Exchanged,
  heldKey,
  type Settlement,
} from "../engine";
import { pushedHere } from "../pushedHere";

/** The result of a claim on a server. */
export interface Claimed {
  claimed: ClaimedJob[];
  /** How long until the next scheduled job is due, in milliseconds. */
  nextDueIn: number | null;
}

/**
 * The operations that a server performs for a worker, each atomic. If the answer to a claim gets lost, the worker
 * learns from its next heartbeat which jobs it holds (see worker/reconciliation.ts).
 */
export interface JobStore {
  claim(worker: string, request: ClaimRequest): Promise<Claimed>;
  /** Returns the ids of jobs that the worker no longer held, so their settlements had no effect. */
  settle(
    worker: string,
    settlements: readonly Settlement[],
    progress: Exchange["progress"],
  ): Promise<number[]>;
}

const nothing: Claimed = { claimed: [], nextDueIn: null };

/** Settles and claims at the same time, so that new jobs arrive while the ended ones are being saved. */
export class Exchanges {
  /** Settlements whose answer was lost, so we can't tell whether they were saved. */
  readonly #unanswered = new Set<string>();

  constructor(readonly store: JobStore) {}

  async exchange({ worker, settle, progress, claim }: Exchange): Promise<Exchanged> {
    const hasNews = settle.length + progress.length > 0;
    const [settled, claimed] = await Promise.allSettled([
      hasNews ? this.#settle(worker, settle, progress) : [],
      claim !== null && claim.limit > 0 ? this.store.claim(worker, claim) : nothing,
    ]);
    if (settled.status === "rejected") throw settled.reason;
    if (claimed.status === "rejected") {
      if (!hasNews) throw claimed.reason;
      // The settlements are saved and must not be repeated, so don't throw the claim's error. The next claim will
      // report it.
      setTimeout(pushedHere, 100);
      return { claimed: [], lost: settled.value, nextDue: null };
    }
    const { nextDueIn } = claimed.value;
    const nextDue = nextDueIn === null ? null : Date.now() + nextDueIn;
    return { claimed: claimed.value.claimed, lost: settled.value, nextDue };
  }

  async #settle(
    worker: string,
    settlements: readonly Settlement[],
    progress: Exchange["progress"],
  ): Promise<number[]> {
    try {
      const lost = await this.store.settle(worker, settlements, progress);
      return this.#reallyLost(settlements, lost);
    } catch (error) {
      for (const one of settlements) this.#unanswered.add(heldKey(one));
      throw error;
    }
  }

  /** Omits jobs that only seem lost: their settlement succeeded at the first try, but the answer got lost. */
  #reallyLost(settlements: readonly Settlement[], lost: number[]): number[] {
    if (this.#unanswered.size === 0) return lost;
    const twice = settlements.filter((one) => this.#unanswered.delete(heldKey(one)));
    const ids = new Set(twice.map(({ id }) => id));
    return lost.filter((id) => !ids.has(id));
  }
}
