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

  /** The job's type; empty if unknown, in which case the server searches all queues. */
  of(id: number): string {
    return this.#types.get(id) ?? "";
  }
}
