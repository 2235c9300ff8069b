import type { Held } from "../engine";

/** A statement whose answer never came may still be going on at the server for so long, in milliseconds. */
const afterlife = 30_000;
const lookEvery = 1000;

/**
 * What the workers of this process were handed. A claim whose answer was lost may have been made all the same: its
 * jobs are the worker's in the table and nobody works on them.
 */
export class Holdings {
  readonly #ids = new Map<string, Set<number>>();
  readonly #doubts = new Map<string, { until: number; next: number }>();

  constructor(readonly now = () => performance.now()) {}

  handed(worker: string, jobs: readonly Held[]): void {
    const ids = this.#of(worker);
    for (const { id } of jobs) ids.add(id);
  }

  ended(worker: string, jobs: readonly { id: number }[]): void {
    const ids = this.#of(worker);
    for (const { id } of jobs) ids.delete(id);
  }

  forget(worker: string): void {
    this.#ids.delete(worker);
    this.#doubts.delete(worker);
  }

  /** An answer to this worker was lost. */
  doubt(worker: string): void {
    this.#doubts.set(worker, { until: this.now() + afterlife, next: this.now() });
  }

  /** Whether the table should be compared now with what was handed out. */
  isDoubtful(worker: string): boolean {
    const doubt = this.#doubts.get(worker);
    if (doubt === undefined || this.now() < doubt.next) return false;
    if (this.now() > doubt.until) this.#doubts.delete(worker);
    doubt.next = this.now() + lookEvery;
    return true;
  }

  unknown(worker: string, held: readonly Held[]): Held[] {
    const known = this.#of(worker);
    return held.filter(({ id }) => !known.has(id));
  }

  #of(worker: string): Set<number> {
    let ids = this.#ids.get(worker);
    if (ids === undefined) {
      ids = new Set();
      this.#ids.set(worker, ids);
    }
    return ids;
  }
}
