import type { ClaimedJob, Held } from "../engine";
import type { Execution } from "./execution";

/** The attempts under way, by job. */
export class Running {
  readonly #executions = new Map<number, Execution>();

  get size(): number {
    return this.#executions.size;
  }

  has({ id, attempt }: Held): boolean {
    return this.#executions.get(id)?.claimed.attempt === attempt;
  }

  add(execution: Execution): void {
    this.#executions.set(execution.claimed.id, execution);
  }

  /** False for one that has been abandoned. */
  remove(execution: Execution): boolean {
    const { id } = execution.claimed;
    return this.#executions.get(id) === execution && this.#executions.delete(id);
  }

  held(): Held[] {
    return [...this.#executions.values()].map(({ claimed: { id, attempt } }) => ({ id, attempt }));
  }

  /** Aborts those that run; says which did. */
  abandon(ids: readonly number[], reason: string): number[] {
    const running = ids.filter((id) => this.#executions.has(id));
    for (const id of running) {
      this.#executions.get(id)?.abandon(reason);
      this.#executions.delete(id);
    }
    return running;
  }

  abandonAll(reason: string): ClaimedJob[] {
    const running = [...this.#executions.values()];
    this.#executions.clear();
    for (const execution of running) execution.abandon(reason);
    return running.map(({ claimed }) => claimed);
  }
}
