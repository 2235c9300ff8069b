import { type Held, heldKey } from "../engine";

/** What a worker knows of its jobs, and how it resolves differences. */
export interface LocalState {
  /** The jobs it runs or is about to run. */
  active(): Held[];
  /** The jobs it has to report to the store, or is reporting. */
  outgoing(): Held[];
  /** Resolves once every claim in flight now has been answered or has failed. */
  claimsAnswered(): Promise<unknown>;
  /** According to the store, these belong to somebody else or to nobody. */
  abandon(jobs: readonly Held[]): void;
  /** According to the store, these belong to this worker, which knows nothing of them. */
  giveBack(jobs: readonly Held[]): void;
}

/**
 * Compares the jobs a worker holds according to the store with those the worker knows. They differ whenever
 * an answer is lost (a claim or a takeover succeeded without the worker learning of it), and when a job was
 * canceled or taken over. Without this comparison, a living but idle worker could hold a job until it dies.
 */
export class Reconciliation {
  /** What the store was told since the last question, whose answer may be older. */
  #told: (readonly Held[])[] | undefined;
  #isChecking = false;

  constructor(readonly local: LocalState) {}

  /** Call this before asking the store, and call the returned function with the answer. */
  begin(): (held: readonly Held[]) => void {
    const before = this.local.active();
    if (!this.#isChecking) this.#told = [];
    return (held) => {
      const theirs = keysOf(held);
      const active = keysOf(this.local.active());
      // Only jobs that were active before the question: later claims may be missing from the answer.
      const lost = before.filter((job) => active.has(heldKey(job)) && !theirs.has(heldKey(job)));
      if (lost.length > 0) this.local.abandon(lost);
      if (!this.#isChecking) void this.#returnUnknown(held);
    };
  }

  /** The question was not answered. */
  cancel(): void {
    if (!this.#isChecking) this.#told = undefined;
  }

  /** The store knows that these have ended or were returned. */
  told(jobs: readonly Held[]): void {
    if (jobs.length > 0) this.#told?.push(jobs);
  }

  async #returnUnknown(held: readonly Held[]): Promise<void> {
    this.#isChecking = true;
    let unknown = this.#unknownOf(held);
    if (unknown.length > 0) {
      // A claim in flight may be about to bring them.
      await this.local.claimsAnswered();
      unknown = this.#unknownOf(unknown);
    }
    this.#isChecking = false;
    this.#told = undefined;
    if (unknown.length > 0) this.local.giveBack(unknown);
  }

  #unknownOf(held: readonly Held[]): Held[] {
    if (held.length === 0) return [];
    const known = keysOf([this.local.active(), this.local.outgoing(), ...(this.#told ?? [])].flat());
    return held.filter((job) => !known.has(heldKey(job)));
  }
}

function keysOf(jobs: readonly Held[]): Set<string> {
  return new Set(jobs.map(heldKey));
}

/** Promises that have not settled yet. */
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

  /** Resolves once those in flight now have settled, either way. */
  answered(): Promise<unknown> {
    return Promise.allSettled(this.#promises);
  }
}
