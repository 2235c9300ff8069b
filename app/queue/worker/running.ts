import type { ClaimedJob, Held } from "../engine";
import { heldOf, isSameClaim } from "../held";
import type { Execution } from "./execution";

/** The attempts under way, by job. */
export class Running {
  readonly #executions = new Map<number, Execution>();

  get size(): number {
    return this.#executions.size;
  }

  has(job: Held): boolean {
    return this.#find(job) !== undefined;
  }

  /** An earlier attempt of the same job is not this worker's anymore, or there would be no later one. */
  add(execution: Execution): void {
    const { id } = execution.claimed;
    this.#executions.get(id)?.abandon("the job was given to a later attempt");
    this.#executions.set(id, execution);
  }

  /** False for one that has been abandoned. */
  remove(execution: Execution): boolean {
    const { id } = execution.claimed;
    return this.#executions.get(id) === execution && this.#executions.delete(id);
  }

  held(): Held[] {
    return [...this.#executions.values()].map(({ claimed }) => heldOf(claimed));
  }

  /** Aborts these attempts, and says which were running. */
  abandon(jobs: readonly Held[], reason: string): Held[] {
    const running = jobs.filter((job) => this.has(job));
    for (const job of running) {
      this.#find(job)?.abandon(reason);
      this.#executions.delete(job.id);
    }
    return running;
  }

  abandonAll(reason: string): ClaimedJob[] {
    const running = [...this.#executions.values()];
    this.#executions.clear();
    for (const execution of running) execution.abandon(reason);
    return running.map(({ claimed }) => claimed);
  }

  #find(job: Held): Execution | undefined {
    const execution = this.#executions.get(job.id);
    return execution !== undefined && isSameClaim(execution.claimed, job) ? execution : undefined;
  }
}
