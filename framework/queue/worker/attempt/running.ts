import { type Held, heldOf, isSameClaim } from "../../engine";
import { charactersOf } from "../load";
import type { Execution } from "./execution";

/** The attempts under way, by job, and the handlers that go on though their attempts have been abandoned. */
export class Running {
  readonly #executions = new Map<number, Execution>();
  readonly #lingering = new Set<Execution>();

  get size(): number {
    return this.#executions.size;
  }

  /** How many slots are taken: a handler that ignores its signal keeps its own. */
  get slots(): number {
    return this.#executions.size + this.#lingering.size;
  }

  /** Of the data of those that have a slot. */
  get characters(): number {
    const all = [...this.#executions.values(), ...this.#lingering];
    return charactersOf(all.map(({ claimed }) => claimed));
  }

  has(job: Held): boolean {
    return this.#find(job) !== undefined;
  }

  /** An earlier attempt of the same job is not this worker's anymore, or there would be no later one. */
  add(execution: Execution): void {
    const { id } = execution.claimed;
    const earlier = this.#executions.get(id);
    if (earlier !== undefined) this.#abandon(earlier, "the job was given to a later attempt");
    this.#executions.set(id, execution);
  }

  /** Its handler has returned. False for one that has been abandoned. */
  remove(execution: Execution): boolean {
    const { id } = execution.claimed;
    this.#lingering.delete(execution);
    return this.#executions.get(id) === execution && this.#executions.delete(id);
  }

  held(): Held[] {
    return [...this.#executions.values()].map(({ claimed }) => heldOf(claimed));
  }

  /** Aborts these attempts, and says which were running. */
  abandon(jobs: readonly Held[], reason: string): Held[] {
    const running = jobs.filter((job) => this.has(job));
    for (const job of running) {
      const execution = this.#find(job);
      if (execution !== undefined) this.#abandon(execution, reason);
    }
    return running;
  }

  /** Returns those whose time was up, and the others. */
  abandonAll(reason: string): [late: Execution[], others: Execution[]] {
    const running = [...this.#executions.values()];
    for (const execution of running) this.#abandon(execution, reason);
    const isLate = (execution: Execution) => execution.isTimedOut;
    return [running.filter(isLate), running.filter((execution) => !isLate(execution))];
  }

  #abandon(execution: Execution, reason: string): void {
    this.#executions.delete(execution.claimed.id);
    // First: its handler may return at once.
    this.#lingering.add(execution);
    execution.abandon(reason);
  }

  #find(job: Held): Execution | undefined {
    const execution = this.#executions.get(job.id);
    return execution !== undefined && isSameClaim(execution.claimed, job) ? execution : undefined;
  }
}
