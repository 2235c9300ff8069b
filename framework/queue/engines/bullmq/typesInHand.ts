import type { ClaimedJob } from "../../engine";

/**
 * Remembers the types of the jobs that this process holds, because Redis finds a job by its type and id.
 */
export class TypesInHand {
  readonly #types = new Map<number, string>();

  learn(jobs: readonly ClaimedJob[]): void {
    for (const { id, type } of jobs) this.#types.set(id, type);
  }

  forget(jobs: readonly { id: number }[]): void {
    for (const { id } of jobs) this.#types.delete(id);
  }

  /** The type; empty if unknown, so that the server searches all queues. */
  of(id: number): string {
    return this.#types.get(id) ?? "";
  }
}
