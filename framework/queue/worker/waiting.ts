import { type ClaimedJob, type Held, heldOf, isSameClaim } from "../engine";
import { charactersOf } from "./load";

/** What has been claimed and not begun, in its order. */
export class Waiting {
  #jobs: ClaimedJob[] = [];
  /** Those before it have been begun. */
  #next = 0;
  #since = 0;

  get size(): number {
    return this.#jobs.length - this.#next;
  }

  has(job: Held): boolean {
    return this.#jobs.slice(this.#next).some((one) => isSameClaim(one, job));
  }

  /** Of their data. */
  get characters(): number {
    return charactersOf(this.#jobs.slice(this.#next));
  }

  add(jobs: ClaimedJob[], now: number): void {
    if (this.size === 0) this.#since = now;
    this.#jobs = this.#jobs.slice(this.#next).concat(jobs);
    this.#next = 0;
  }

  /** The next one to begin; there has to be one. */
  next(): ClaimedJob {
    return this.#jobs[this.#next++] as ClaimedJob;
  }

  held(): Held[] {
    return this.#jobs.slice(this.#next).map(heldOf);
  }

  /** Forgets these, and says which were waiting. */
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

  /** Whether something has waited for so long, in milliseconds. */
  hasWaited(longest: number, now: number): boolean {
    return this.size > 0 && now - this.#since >= longest;
  }
}
