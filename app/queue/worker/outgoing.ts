import type { Exchange, Held, Settlement } from "../engine";
import { heldOf, isSameClaim } from "../held";

/** What a worker has to tell the database, until the database has answered. */
export class Outgoing {
  #settlements: Settlement[] = [];
  #progress = new Map<number, Held & { value: string }>();
  #returns: Held[] = [];
  readonly #underWay = new Set<Taken>();

  get isEmpty(): boolean {
    return this.#settlements.length === 0 && this.#progress.size === 0 && this.#returns.length === 0;
  }

  settle(settlement: Settlement): void {
    this.#progress.delete(settlement.id);
    this.#settlements.push(settlement);
  }

  /** Only the last word of each job counts. */
  note(job: Held, value: string): void {
    this.#progress.set(job.id, { ...heldOf(job), value });
  }

  giveBack(jobs: readonly Held[]): void {
    for (const job of jobs) this.#returns.push(heldOf(job));
  }

  settles(job: Held): boolean {
    const isIt = (one: Held) => isSameClaim(one, job);
    return this.#settlements.some(isIt) || [...this.#underWay].some(({ settle }) => settle.some(isIt));
  }

  /** Every job whose end or return is not known to be written down. */
  held(): Held[] {
    const underWay = [...this.#underWay].flatMap(({ settle, returns }) => [...settle, ...returns]);
    return [...this.#settlements, ...this.#returns, ...underWay];
  }

  /** To be told now. Call `told` or `putBack` when it is known how that went. */
  take(): Taken {
    const taken = {
      settle: this.#settlements,
      progress: [...this.#progress.values()],
      returns: this.#returns,
    };
    this.#forgetQueued();
    this.#underWay.add(taken);
    return taken;
  }

  told(taken: Taken): void {
    this.#underWay.delete(taken);
  }

  /** What is left in `taken` has to be told again. Progress has no second chance: newer progress may be waiting. */
  putBack(taken: Taken): void {
    if (!this.#underWay.delete(taken)) return;
    this.#settlements = [...taken.settle, ...this.#settlements];
    this.#returns = [...taken.returns, ...this.#returns];
  }

  /** Somebody else has all of these jobs. */
  clear(): void {
    this.#forgetQueued();
    this.#underWay.clear();
  }

  #forgetQueued(): void {
    this.#settlements = [];
    this.#progress.clear();
    this.#returns = [];
  }
}

export interface Taken extends Pick<Exchange, "progress"> {
  settle: Settlement[];
  returns: Held[];
}
