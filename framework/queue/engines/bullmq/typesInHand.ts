import type { ClaimedJob } from "../../engine";

/**
 * Remembers the types of the jobs this process holds: in Redis a job is found by its type and id, not by its
 * id alone.
 */
export class TypesInHand {
  readonly #types = new Map<number, string>();

  learn(jobs: readonly ClaimedJob[]): void {
    for (const { id, type } of jobs) this.#types.set(id, type);
  }

  forget(jobs: readonly { id: number }[]): void {
    for (const { id } of jobs) this.#types.delete(id);
  }

  /** Empty if unknown: the server then searches all queues. */
  of(id: number): string {
    return this.#types.get(id) ?? "";
  }
}
