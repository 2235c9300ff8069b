import type { ClaimedJob, Exchange, Held, Settlement } from "../engine";

/** What a worker has to tell the database at its next turn. */
export class Outgoing {
  #settlements: Settlement[] = [];
  #progress = new Map<number, Held & { value: string }>();
  #returns: ClaimedJob[] = [];

  get isEmpty(): boolean {
    return this.#settlements.length === 0 && this.#progress.size === 0 && this.#returns.length === 0;
  }

  settle(settlement: Settlement): void {
    this.#progress.delete(settlement.id);
    this.#settlements.push(settlement);
  }

  /** Only the last word of each job counts. */
  note({ id, attempt }: Held, value: string): void {
    this.#progress.set(id, { id, attempt, value });
  }

  giveBack(jobs: readonly ClaimedJob[]): void {
    this.#returns.push(...jobs);
  }

  settles({ id, attempt }: Held): boolean {
    return this.#settlements.some((one) => one.id === id && one.attempt === attempt);
  }

  take(): Taken {
    const taken = {
      settle: this.#settlements,
      progress: [...this.#progress.values()],
      returns: this.#returns,
    };
    this.clear();
    return taken;
  }

  /** It could not be told: it has to be told again. */
  putBack({ settle, returns }: Taken): void {
    this.#settlements = [...settle, ...this.#settlements];
    this.#returns = [...returns, ...this.#returns];
  }

  clear(): void {
    this.#settlements = [];
    this.#progress.clear();
    this.#returns = [];
  }
}

export type Taken = Pick<Exchange, "settle" | "progress"> & { returns: ClaimedJob[] };
