import { type Held, heldKey } from "../engine";

/** What a worker remembers, and what it does about a difference. */
export interface Memory {
  /** What it runs or is about to run. */
  active(): Held[];
  /** What it has to tell the store, or is telling it. */
  outgoing(): Held[];
  /** Once every claim under way now has been answered, or has failed. */
  claimsAnswered(): Promise<unknown>;
  /** The store gives these to somebody else, or to nobody. */
  abandon(jobs: readonly Held[]): void;
  /** The store gives these to this worker, which knows nothing of them. */
  giveBack(jobs: readonly Held[]): void;
}

/**
 * Compares what the store says a worker holds with what the worker remembers. They differ whenever an answer is lost:
 * a claim or a takeover was made and nobody heard of it, or a job was canceled or taken over. Without this comparison
 * a job could be held by a living, idle worker until that worker dies.
 */
export class Reconciliation {
  /** What the store has been told since the last question. Its answer may be older than that. */
  #told: (readonly Held[])[] | undefined;
  #isChecking = false;

  constructor(readonly memory: Memory) {}

  /** Call before the store is asked, and call the returned function with its answer. */
  begin(): (held: readonly Held[]) => void {
    const before = this.memory.active();
    if (!this.#isChecking) this.#told = [];
    return (held) => {
      const theirs = keysOf(held);
      const active = keysOf(this.memory.active());
      // Only what was active before the question: what was claimed since may be missing from the answer.
      const lost = before.filter((job) => active.has(heldKey(job)) && !theirs.has(heldKey(job)));
      if (lost.length > 0) this.memory.abandon(lost);
      if (!this.#isChecking) void this.#returnUnknown(held);
    };
  }

  /** The question was not answered. */
  cancel(): void {
    if (!this.#isChecking) this.#told = undefined;
  }

  /** The store knows the end of these, or that they were given back. */
  told(jobs: readonly Held[]): void {
    if (jobs.length > 0) this.#told?.push(jobs);
  }

  async #returnUnknown(held: readonly Held[]): Promise<void> {
    this.#isChecking = true;
    let unknown = this.#unknownOf(held);
    if (unknown.length > 0) {
      // A claim under way may be about to bring them.
      await this.memory.claimsAnswered();
      unknown = this.#unknownOf(unknown);
    }
    this.#isChecking = false;
    this.#told = undefined;
    if (unknown.length > 0) this.memory.giveBack(unknown);
  }

  #unknownOf(held: readonly Held[]): Held[] {
    if (held.length === 0) return [];
    const known = keysOf([this.memory.active(), this.memory.outgoing(), ...(this.#told ?? [])].flat());
    return held.filter((job) => !known.has(heldKey(job)));
  }
}

function keysOf(jobs: readonly Held[]): Set<string> {
  return new Set(jobs.map(heldKey));
}

/** Promises that have not been settled yet. */
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

  /** Once those that are under way now have been settled, one way or the other. */
  answered(): Promise<unknown> {
    return Promise.allSettled(this.#promises);
  }
}
