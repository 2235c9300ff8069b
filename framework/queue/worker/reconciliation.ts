import { type Held, heldKey } from "../engine";

/** What a worker knows about its own jobs, and how it resolves differences from what the store knows. */
export interface LocalState {
  /** The jobs that the worker runs or is about to run. */
  active(): Held[];
  /** The jobs that the worker is reporting, or has yet to report, to the store. */
  outgoing(): Held[];
  /** Resolves when every claim that is in flight now has been answered or has failed. */
  claimsAnswered(): Promise<unknown>;
  /** Called for jobs that, according to the store, the worker doesn't hold. */
  abandon(jobs: readonly Held[]): void;
  /** Called with jobs that belong to this worker according to the store, but that the worker doesn't know about. */
  giveBack(jobs: readonly Held[]): void;
}

/**
 * Compares the jobs that a worker holds according to the store with those it knows about. They differ if an answer was
 * lost (a claim or takeover succeeded without the worker's knowledge) or a job was canceled or taken over. Without this
 * comparison, a living but idle worker could hold a job until it dies.
 */
export class Reconciliation {
  /** Jobs reported to the store since the last heartbeat was sent. The heartbeat's answer may not reflect them yet. */
  #confirmed: (readonly Held[])[] | undefined;
  #isChecking = false;

  constructor(readonly local: LocalState) {}

  /** Call this before a heartbeat, and call the returned function with the answer. */
  begin(): (held: readonly Held[]) => void {
    const before = this.local.active();
    if (!this.#isChecking) this.#confirmed = [];
    return (held) => {
      const theirs = keysOf(held);
      const active = keysOf(this.local.active());
      // Consider only jobs that were active before the heartbeat, because later claims may be missing from the answer.
      const lost = before.filter((job) => active.has(heldKey(job)) && !theirs.has(heldKey(job)));
      if (lost.length > 0) this.local.abandon(lost);
      if (!this.#isChecking) void this.#returnUnknown(held);
    };
  }

  /** Called if the heartbeat was not answered. */
  cancel(): void {
    if (!this.#isChecking) this.#confirmed = undefined;
  }

  /** Called when the store has confirmed that these jobs ended or were returned. */
  confirmed(jobs: readonly Held[]): void {
    if (jobs.length > 0) this.#confirmed?.push(jobs);
  }

  async #returnUnknown(held: readonly Held[]): Promise<void> {
    this.#isChecking = true;
    let unknown = this.#unknownOf(held);
    if (unknown.length > 0) {
      // A claim that is in flight may be about to return these jobs.
      await this.local.claimsAnswered();
      unknown = this.#unknownOf(unknown);
    }
    this.#isChecking = false;
    this.#confirmed = undefined;
    if (unknown.length > 0) this.local.giveBack(unknown);
  }

  #unknownOf(held: readonly Held[]): Held[] {
    if (held.length === 0) return [];
    const known = keysOf([this.local.active(), this.local.outgoing(), ...(this.#confirmed ?? [])].flat());
    return held.filter((job) => !known.has(heldKey(job)));
  }
}

function keysOf(jobs: readonly Held[]): Set<string> {
  return new Set(jobs.map(heldKey));
}

/** The promises that have not settled yet. */
export class UnderWay {
  readonly #promises = new Set<Promise<unknown>>();

  get size(): number {
    return this.#promises.size;
  }

  add<T>(promise: Promise<T>): Promise<T> {
    const over = () => this.#promises.delete(promise);
    this.#promises.add(promise);
    promise.then(over, over);
    return promise;
  }

  /** Resolves when all promises that are pending now have settled. */
  answered(): Promise<unknown> {
    return Promise.allSettled(this.#promises);
  }
}
