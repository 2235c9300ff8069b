import { logError, logWarn } from "../../services/Logger";
import type { ClaimedJob, ClaimRequest, Exchanged, Held, QueueEngine } from "../engine";
import { isOutage } from "../outage";
import { deliverApart } from "./delivery";
import { Outgoing, type Taken } from "./outgoing";
import { UnderWay } from "./reconciliation";

/** What an exchange needs from its worker, and what it reports to the worker. */
export interface ExchangingWorker {
  /** The worker's current id. */
  id(): string;
  /** How many more jobs the worker can take, if the claims in flight may return `claiming` jobs. */
  room(claiming: number): number;
  /** Called with the jobs of each claim. `asked` is when the claim was sent, in milliseconds by the monotonic clock. */
  onClaimed(claimed: ClaimedJob[], claim: { isFull: boolean; asked: number }): void;
  /** When the next scheduled job is due. */
  onNextDue(due: number | null): void;
  /** Called when the store has confirmed that these jobs ended or were returned. */
  onConfirmed(jobs: readonly Held[]): void;
  /** Called when the store can't be reached. */
  onOutage(): void;
  /** Called after an exchange, because there may be more to do. */
  onOver(): void;
  /** Called when the store fails with an error that a retry would not fix. */
  onFailure(error: Error): void;
}

/**
 * The worker's exchange with the store. A single request reports the jobs that ended and claims due jobs. There are
 * never more requests in flight than the engine allows.
 */
export class StoreExchange {
  readonly outgoing = new Outgoing();
  readonly outage = new Outage();
  readonly #underWay = new UnderWay();
  /** Counts wake-ups. `#answered` is this count at the time of the last claim that found no more jobs. */
  #wakes = 1;
  #answered = 0;
  /** How many jobs the claims in flight may return. */
  #claiming = 0;
  #lastExchange = 0;
  #turn: NodeJS.Immediate | NodeJS.Timeout | undefined;
  /** Whether a job of a limited type has ended but the store does not know that yet. */
  #hasFreedSlot = false;

  constructor(
    readonly engine: QueueEngine,
    readonly worker: ExchangingWorker,
    /** What to claim: the types, and how many jobs of each may run. */
    readonly wanted: Omit<ClaimRequest, "limit">,
  ) {}

  /** Called when there may be jobs to claim. */
  wake(): void {
    this.#wakes++;
  }

  /**
   * Called when a job of a limited type has ended. Its slot becomes free only when the store knows that, so a claim
   * sent together with the settlement may be too early. Another claim has to follow, because no other worker polls for
   * a while.
   */
  freeSlot(): void {
    this.#wakes++;
    this.#hasFreedSlot = this.engine.pipeline > 1;
  }

  get isUnderWay(): boolean {
    return this.#underWay.size > 0;
  }

  /** Resolves when the exchanges that are in flight now have been answered or have failed. */
  answered(): Promise<unknown> {
    return this.#underWay.answered();
  }

  /** Schedules the next exchange if one is needed. Returns false if there is nothing to report and nothing to claim. */
  consider(): boolean {
    const pipeline = this.outage.leavesDoubt ? 1 : this.engine.pipeline;
    if (this.#turn !== undefined || this.#underWay.size >= pipeline) return true;
    if (this.outgoing.isEmpty && this.#claimable() <= 0) return false;
    this.#scheduleTurn();
    return true;
  }

  #claimable(): number {
    if (this.#wakes === this.#answered) return 0;
    // Report ended jobs before claiming, because after an outage the store might hand them out again.
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
    const asked = performance.now();
    try {
      if (taken.returns.length > 0) await this.#release(id, taken);
      const { settle } = taken;
      const { lost, claimed, nextDue } = await this.#ask(id, taken, claim);
      this.outage.over();
      reportLost(lost);
      this.outgoing.confirm(taken);
      this.worker.onConfirmed(settle);
      if (freesSlot) this.#wakes++;
      this.#claiming -= claim?.limit ?? 0;
      // If this worker has a new id, it was declared dead under the previous one, and jobs claimed under that id belong
      // to others.
      if (claim === null || claimed === undefined || id !== this.worker.id()) return;
      const isFull = claimed.length >= claim.limit;
      // If the batch isn't full, there are no more jobs until something wakes this worker.
      if (!isFull) this.#answered = wakes;
      this.worker.onClaimed(claimed, { isFull, asked });
      this.worker.onNextDue(nextDue);
    } catch (error) {
      this.#claiming -= claim?.limit ?? 0;
      this.outgoing.putBack(taken);
      this.#hasFreedSlot ||= freesSlot;
      this.#wakes++;
      if (!isOutage(error)) return this.worker.onFailure(error);
      this.outage.failed(error);
      this.worker.onOutage();
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
    this.worker.onConfirmed(taken.returns);
    taken.returns = [];
  }

  /** Returns no `claimed` if the store rejected the report, which was then sent in parts. */
  async #ask(worker: string, taken: Taken, claim: ClaimRequest | null): Promise<Answer> {
    const { settle, progress } = taken;
    try {
      return await this.engine.exchange({ worker, settle, progress, claim });
    } catch (error) {
      if (isOutage(error) || settle.length + progress.length === 0) throw error;
      const lost = await deliverApart(this.engine, worker, taken, error);
      // If the store rejected the claim, the next claim will report that.
      this.#wakes++;
      return { lost, nextDue: null };
    }
  }
}

type Answer = Omit<Exchanged, "claimed"> & Partial<Exchanged>;

export function reportLost(ids: readonly number[]): void {
  if (ids.length > 0)
    logWarn("Jobs were canceled or taken over while they were running", { ids: ids.slice(0, 20) });
}

/** Keeps track of outages of the store, and logs the start and the end of each. */
class Outage {
  #failures = 0;
  #leavesDoubt = false;

  /**
   * Whether the store may hand out jobs that this worker already has. A server that crashed may have lost its last
   * claims, because PostgreSQL commits them without waiting for the disk.
   */
  get leavesDoubt(): boolean {
    return this.#leavesDoubt;
  }

  /** The back-off in milliseconds: 100 to 1000 during an outage, 0 while the database answers. */
  get pauseMs(): number {
    return this.#failures === 0 ? 0 : Math.min(1000, 100 * 2 ** (this.#failures - 1));
  }

  failed(error: Error): void {
    this.#failures++;
    this.#leavesDoubt = true;
    if (this.#failures === 1) logError("The queue cannot be reached, retrying", error);
  }

  over(): void {
    if (this.#failures > 0) logWarn("The queue can be reached again", { failures: this.#failures });
    this.#failures = 0;
  }

  noDoubt(): void {
    this.#leavesDoubt = false;
  }
}
