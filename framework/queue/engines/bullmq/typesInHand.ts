import type { ClaimedJob } from "../../engine";

/** The types of jobs that this process has in hand: a job's queue in Redis is named by its type, not by its id. */
export class TypesInHand {
  readonly #types = new Map<number, string>();

  learn(jobs: readonly ClaimedJob[]): void {
    for (const { id, type } of jobs) this.#types.set(id, type);
  }

  forget(jobs: readonly { id: number }[]): void {
    for (const { id } of jobs) this.#types.delete(id);
  }

  /** Empty where it isn't known: the server then looks through all queues. */
  of(id: number): string {
    return this.#types.get(id) ?? "";
  }
}
