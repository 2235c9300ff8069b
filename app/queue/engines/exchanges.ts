import type { ClaimRequest, Exchange, Exchanged, Held, Settlement } from "../engine";
import { pushedHere } from "../pushedHere";
import type { Claimed } from "./claimed";
import { Holdings } from "./holdings";

/** What a server does for a worker: each of these whole or not at all. An answer may be lost on its way. */
export interface Ledger {
  claim(worker: string, request: ClaimRequest): Promise<Claimed>;
  /** Returns the ids of jobs that the worker did not hold any more. */
  settle(
    worker: string,
    settlements: readonly Settlement[],
    progress: Exchange["progress"],
  ): Promise<number[]>;
  release(worker: string, jobs: readonly Held[]): Promise<void>;
  /** What the server says that a worker holds. */
  held(worker: string): Promise<Held[]>;
}

const nothing: Claimed = { claimed: [], nextDueIn: null };

/** Settling and claiming at one time: the next jobs come while the last are written down. */
export class Exchanges {
  readonly holdings = new Holdings();
  /** Settlements whose answer was lost: they may have been made. */
  readonly #unanswered = new Set<string>();
  #lastClaim: Promise<unknown> = Promise.resolve();

  constructor(readonly ledger: Ledger) {}

  async exchange({ worker, settle, progress, claim }: Exchange): Promise<Exchanged> {
    const hasNews = settle.length + progress.length > 0;
    const [settled, claimed] = await Promise.allSettled([
      hasNews ? this.#settle(worker, settle, progress) : [],
      claim !== null && claim.limit > 0 ? this.#claim(worker, claim) : nothing,
    ]);
    if (claimed.status === "rejected") this.holdings.doubt(worker);
    if (settled.status === "rejected") {
      // What was claimed meanwhile goes back: the worker will not hear of it.
      if (claimed.status === "fulfilled") this.#unhand(worker, claimed.value);
      throw settled.reason;
    }
    if (claimed.status === "rejected") {
      if (!hasNews) throw claimed.reason;
      // What is settled must not be settled again. The next claim, alone, will say what is wrong.
      setTimeout(pushedHere, 100);
      return { claimed: [], lost: settled.value, nextDue: null };
    }
    const { nextDueIn } = claimed.value;
    const nextDue = nextDueIn === null ? null : Date.now() + nextDueIn;
    return { claimed: claimed.value.claimed, lost: settled.value, nextDue };
  }

  async release(worker: string, jobs: readonly Held[]): Promise<void> {
    await this.ledger.release(worker, jobs);
    this.holdings.ended(worker, jobs);
  }

  async #settle(
    worker: string,
    settlements: readonly Settlement[],
    progress: Exchange["progress"],
  ): Promise<number[]> {
    try {
      const lost = await this.ledger.settle(worker, settlements, progress);
      this.holdings.ended(worker, settlements);
      return this.#reallyLost(settlements, lost);
    } catch (error) {
      for (const { id, attempt } of settlements) this.#unanswered.add(`${id} ${attempt}`);
      throw error;
    }
  }

  /** What could be settled twice only because the first answer was lost is not lost. */
  #reallyLost(settlements: readonly Settlement[], lost: number[]): number[] {
    if (this.#unanswered.size === 0) return lost;
    const twice = settlements.filter(({ id, attempt }) => this.#unanswered.delete(`${id} ${attempt}`));
    const ids = new Set(twice.map(({ id }) => id));
    return lost.filter((id) => !ids.has(id));
  }

  #unhand(worker: string, { claimed }: Claimed): void {
    if (claimed.length === 0) return;
    this.holdings.ended(worker, claimed);
    this.holdings.doubt(worker);
  }

  /** One at a time, so that a look at what is unknown knows of the claims before it. */
  #claim(worker: string, request: ClaimRequest): Promise<Claimed> {
    const mine = this.#lastClaim.then(() => this.#claimNow(worker, request));
    this.#lastClaim = mine.catch(() => {});
    return mine;
  }

  async #claimNow(worker: string, request: ClaimRequest): Promise<Claimed> {
    if (this.holdings.isDoubtful(worker)) await this.#returnUnknown(worker);
    const claimed = await this.ledger.claim(worker, request);
    this.holdings.handed(worker, claimed.claimed);
    return claimed;
  }

  /** Gives back what this worker is said to hold and never heard of. */
  async #returnUnknown(worker: string): Promise<void> {
    const held = await this.ledger.held(worker);
    const unknown = this.holdings.unknown(worker, held);
    if (unknown.length > 0) await this.ledger.release(worker, unknown);
  }
}
