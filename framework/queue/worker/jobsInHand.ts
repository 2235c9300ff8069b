import { type ClaimedJob, type Held, heldOf, isSameClaim } from "../engine";
import type { Execution } from "./attempt/execution";
import { charactersOf } from "./claimSize";

/** Jobs that were claimed but not started, in order. */
export class Waiting {
  #jobs: ClaimedJob[] = [];
  /** The index of the next job to start. */
  #next = 0;
  #since = 0;

  get size(): number {
    return this.#jobs.length - this.#next;
  }

  has(job: Held): boolean {
    return this.#jobs.slice(this.#next).some((one) => isSameClaim(one, job));
  }

  /** The total size of the waiting jobs' data. */
  get characters(): number {
    return charactersOf(this.#jobs.slice(this.#next));
  }

  add(jobs: ClaimedJob[], now: number): void {
    if (this.size === 0) this.#since = now;
    this.#jobs = this.#jobs.slice(this.#next).concat(jobs);
    this.#next = 0;
  }

  /** Removes and returns the next job to start. There must be one. */
  next(): ClaimedJob {
    return this.#jobs[this.#next++] as ClaimedJob;
  }

  held(): Held[] {
    return this.#jobs.slice(this.#next).map(heldOf);
  }

  /** Removes these jobs, and returns those that were waiting. */
  drop(jobs: readonly Held[]): Held[] {
    const dropped = jobs.filter((job) => this.has(job));
    const isDropped = (job: Held) => dropped.some((one) => isSameClaim(one, job));
    if (dropped.length > 0) this.#jobs = this.takeAll().filter((job) => !isDropped(job));
    return dropped;
  }

  takeAll(): ClaimedJob[] {
    const waiting = this.#jobs.slice(this.#next);
    this.#jobs = [];
    this.#next = 0;
    return waiting;
  }

  /** Whether a job has waited for `longest` milliseconds. */
  hasWaited(longest: number, now: number): boolean {
    return this.size > 0 && now - this.#since >= longest;
  }
}

/** The running attempts by job, and abandoned handlers that have not returned yet. */
export class Running {
  readonly #executions = new Map<number, Execution>();
  readonly #lingering = new Set<Execution>();

  get size(): number {
    return this.#executions.size;
  }

  /** How many slots are taken. A handler that ignores its signal keeps its slot. */
  get slots(): number {
    return this.#executions.size + this.#lingering.size;
  }

  /** The total size of the data of jobs that have a slot. */
  get characters(): number {
    const all = [...this.#executions.values(), ...this.#lingering];
    return charactersOf(all.map(({ claimed }) => claimed));
  }

  has(job: Held): boolean {
    return this.#find(job) !== undefined;
  }

  /**
   * Adds an attempt. If an earlier attempt of the same job is running here, abandons it, because this worker no longer
   * owns it.
   */
  add(execution: Execution): void {
    const { id } = execution.claimed;
    const earlier = this.#executions.get(id);
    if (earlier !== undefined) this.#abandon(earlier, "the job was given to a later attempt");
    this.#executions.set(id, execution);
  }

  /** Called when a handler has returned. Returns false if its attempt was abandoned. */
  remove(execution: Execution): boolean {
    const { id } = execution.claimed;
    if (this.#lingering.size > 0) this.#lingering.delete(execution);
    return this.#executions.get(id) === execution && this.#executions.delete(id);
  }

  held(): Held[] {
    return [...this.#executions.values()].map(({ claimed }) => heldOf(claimed));
  }

  /** Aborts these attempts, and returns those that were running. */
  abandon(jobs: readonly Held[], reason: string): Held[] {
    const running = jobs.filter((job) => this.has(job));
    for (const job of running) {
      const execution = this.#find(job);
      if (execution !== undefined) this.#abandon(execution, reason);
    }
    return running;
  }

  /** Aborts all attempts. Returns those that had timed out, and separately the others. */
  abandonAll(reason: string): [late: Execution[], others: Execution[]] {
    const running = [...this.#executions.values()];
    for (const execution of running) this.#abandon(execution, reason);
    const isLate = (execution: Execution) => execution.isTimedOut;
    return [running.filter(isLate), running.filter((execution) => !isLate(execution))];
  }

  #abandon(execution: Execution, reason: string): void {
    this.#executions.delete(execution.claimed.id);
    // Add it before the abort, because the handler may return during the abort.
    this.#lingering.add(execution);
    execution.abandon(reason);
  }

  #find(job: Held): Execution | undefined {
    const execution = this.#executions.get(job.id);
    return execution !== undefined && isSameClaim(execution.claimed, job) ? execution : undefined;
  }
}
