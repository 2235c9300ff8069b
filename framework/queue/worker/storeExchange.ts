import { logError, logWarn } from "../../services/Logger";
import type { ClaimedJob, ClaimRequest, Exchanged, Held, QueueEngine } from "../engine";
import { isOutage } from "../outage";
import { deliverApart } from "./delivery";
import { Outgoing, type Taken } from "./outgoing";
import { UnderWay } from "./reconciliation";

/** What an exchange asks of its worker and tells it. */
export interface ExchangingWorker {
  /** The id that it claims under. */
  id(): string;
  /** How many more jobs it can take, when the claims under way may bring `claiming`. */
  room(claiming: number): number;
  onClaimed(claimed: ClaimedJob[], isFull: boolean): void;
  /** When the next scheduled job is due. */
  onNextDue(due: number | null): void;
  /** The store knows the end of these, or that they were given back. */
  onTold(jobs: readonly Held[]): void;
  /** An exchange is over: there may be more to do. */
  onOver(): void;
  /** The store failed, and will fail each time. */
  onFailure(error: Error): void;
}

/**
 * The worker's exchange with the store: one request tells what has ended and claims what is due. There are no more at
 * one time than the engine wants.
 */
export class StoreExchange {
  readonly outgoing = new Outgoing();
  readonly outage = new Outage();
  readonly #underWay = new UnderWay();
  /** Reasons to claim, and those that a claim which found no more has answered. */
  #wakes = 1;
  #answered = 0;
  /** How many jobs the claims under way may bring. */
  #claiming = 0;
  #lastExchange = 0;
  #turn: NodeJS.Immediate | NodeJS.Timeout | undefined;
  /** A job of a limited type has ended, and the store has not been told. */
  #hasFreedSlot = false;

  constructor(
    readonly engine: QueueEngine,
    readonly worker: ExchangingWorker,
    /** What to claim: limits and types. */
    readonly wanted: Omit<ClaimRequest, "limit">,
  ) {}

  /** There may be something to claim. */
  wake(): void {
    this.#wakes++;
  }

  /**
   * A place among those of a limited type is free as soon as the store knows. A claim sent beside the settlement may
   * come too early, and nobody else would look for a while.
   */
  freeSlot(): void {
    this.#wakes++;
    this.#hasFreedSlot = this.engine.pipeline > 1;
  }

  get isUnderWay(): boolean {
    return this.#underWay.size > 0;
  }

  /** Resolves once those under way now have been answered, or have failed. */
  answered(): Promise<unknown> {
    return this.#underWay.answered();
  }

  /** Schedules the next exchange if one is needed. Returns false if there is nothing to tell and nothing to claim. */
  consider(): boolean {
    const pipeline = this.outage.leavesDoubt ? 1 : this.engine.pipeline;
    if (this.#turn !== undefined || this.#underWay.size >= pipeline) return true;
    if (this.outgoing.isEmpty && this.#claimable() <= 0) return false;
    this.#scheduleTurn();
    return true;
  }

  #claimable(): number {
    if (this.#wakes === this.#answered) return 0;
    // First tell what has ended: otherwise it would be begun again.
    if (this.outage.leavesDoubt && !this.outgoing.isEmpty) return 0;
    return this.worker.room(this.#claiming);
  }

  #scheduleTurn(): void {
    const rest = this.outage.pauseMs || this.engine.restMs();
    const remaining = rest - (performance.now() - this.#lastExchange);
    const take = () => {
      this.#turn = undefined;
      void this.#underWay.add(this.#exchange()).finally(() => this.worker.onOver());
    };
    this.#turn = remaining <= 0 ? setImmediate(take) : setTimeout(take, remaining);
  }

  async #exchange(): Promise<void> {
    const id = this.worker.id();
    const claim = this.#claimRequest();
    const taken = this.outgoing.take();
    const freesSlot = this.#hasFreedSlot;
    this.#hasFreedSlot &&= !this.outgoing.isEmpty;
    const wakes = this.#wakes;
    this.#claiming += claim?.limit ?? 0;
    try {
      if (taken.returns.length > 0) await this.#release(id, taken);
      const { settle } = taken;
      const { lost, claimed, nextDue } = await this.#ask(id, taken, claim);
      this.outage.over();
      reportLost(lost);
      this.outgoing.told(taken);
      this.worker.onTold(settle);
      if (freesSlot) this.#wakes++;
      this.#claiming -= claim?.limit ?? 0;
      // Under its earlier id this worker was taken for dead: what it claimed then is somebody else's.
      if (claim === null || claimed === undefined || id !== this.worker.id()) return;
      this.#received(claimed, claim.limit, wakes);
      this.worker.onNextDue(nextDue);
    } catch (error) {
      this.#claiming -= claim?.limit ?? 0;
      this.outgoing.putBack(taken);
      this.#hasFreedSlot ||= freesSlot;
      this.#wakes++;
      if (isOutage(error)) this.outage.failed(error);
      else this.worker.onFailure(error);
    } finally {
      this.#lastExchange = performance.now();
    }
  }

  #claimRequest(): ClaimRequest | null {
    const limit = this.#claimable();
    return limit > 0 ? { limit, limits: this.wanted.limits, types: this.wanted.types } : null;
  }

  async #release(worker: string, taken: Taken): Promise<void> {
    await this.engine.release(worker, taken.returns);
    this.worker.onTold(taken.returns);
    taken.returns = [];
  }

  /** Returns no `claimed` if the store refused what it was told, and was told it in parts. */
  async #ask(worker: string, taken: Taken, claim: ClaimRequest | null): Promise<Answer> {
    const { settle, progress } = taken;
    try {
      return await this.engine.exchange({ worker, settle, progress, claim });
    } catch (error) {
      if (isOutage(error) || settle.length + progress.length === 0) throw error;
      const lost = await deliverApart(this.engine, worker, taken, error);
      // If it was the claim that was refused, the next one says so.
      this.#wakes++;
      return { lost, nextDue: null };
    }
  }

  #received(claimed: ClaimedJob[], limit: number, wakes: number): void {
    const isFull = claimed.length >= limit;
    // Not full: there is no more until something wakes this worker.
    if (!isFull) this.#answered = wakes;
    this.worker.onClaimed(claimed, isFull);
  }
}

type Answer = Omit<Exchanged, "claimed"> & Partial<Exchanged>;

export function reportLost(ids: readonly number[]): void {
  if (ids.length > 0) logWarn("Jobs were cancelled or taken over while they ran", { ids: ids.slice(0, 20) });
}

/** Whether the database answers, told in the log once at the beginning and once at the end. */
class Outage {
  #failures = 0;
  #leavesDoubt = false;

  /**
   * A server that crashed may have forgotten its last claims (PostgreSQL commits them without waiting for its disk),
   * and gives their jobs again, until a claim brings none of them.
   */
  get leavesDoubt(): boolean {
    return this.#leavesDoubt;
  }

  /** How long to leave it alone: from a tenth of a second to one, in milliseconds; 0 while it answers. */
  get pauseMs(): number {
    return this.#failures === 0 ? 0 : Math.min(1000, 100 * 2 ** (this.#failures - 1));
  }

  failed(error: Error): void {
    this.#failures++;
    this.#leavesDoubt = true;
    if (this.#failures === 1) logError("The queue cannot be reached, and will be tried again", error);
  }

  over(): void {
    if (this.#failures > 0) logWarn("The queue can be reached again", { failures: this.#failures });
    this.#failures = 0;
  }

  noDoubt(): void {
    this.#leavesDoubt = false;
  }
}
