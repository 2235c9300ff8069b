import type { ClaimedJob, Held, QueueEngine } from "../engine";
import { Load, Prefetch } from "./claimSize";
import { type Running, Waiting } from "./jobsInHand";
import { Quarantine } from "./quarantine";

/** A job that waits for longer than this, in milliseconds, is returned to the queue. */
const longestWait = 1000;

/** What an intake needs from its worker. */
export interface Receiver {
  concurrency: number;
  engine: Pick<QueueEngine, "batch" | "pipeline">;
  running: Running;
  /** Whether the store has been told about every job that has ended or been returned. */
  isReported(): boolean;
  /** Returns jobs to the queue. */
  giveBack(jobs: ClaimedJob[]): void;
}

/**
 * Holds the jobs that are claimed but not started. Decides how many to claim, which one to start next, and which to
 * return because they have waited too long or because a suspect (see Quarantine) has to run alone.
 */
export class Intake {
  readonly #waiting = new Waiting();
  readonly #prefetch = new Prefetch();
  readonly #quarantine = new Quarantine();
  readonly #load = new Load();

  constructor(readonly worker: Receiver) {}

  get size(): number {
    return this.#waiting.size;
  }

  has(job: Held): boolean {
    return this.#waiting.has(job);
  }

  held(): Held[] {
    return this.#waiting.held();
  }

  /** How many jobs to claim now, if the claims in flight may return `claiming` jobs. */
  room(claiming: number): number {
    if (this.#quarantine.isChosen) return 0;
    const { concurrency, engine, running } = this.worker;
    const most = engine.batch();
    const inHand = running.slots + this.#waiting.size;
    const wanted = concurrency + this.#prefetch.size(most * engine.pipeline) - inHand - claiming;
    const carried = () => running.characters + this.#waiting.characters;
    return this.#load.limit(Math.min(most, wanted), { running: inHand, claiming, carried });
  }

  /** Called with the answer to each claim. `isFull` tells whether the claim returned as many jobs as it asked for. */
  learn(claimed: readonly ClaimedJob[], isFull: boolean): void {
    this.#load.learn(claimed);
    this.#prefetch.filled(isFull, performance.now());
  }

  /**
   * Adds claimed jobs. If one of them is a suspect (see Quarantine), keeps only that one, to run it alone. Returns
   * whether it did.
   */
  add(claimed: ClaimedJob[]): boolean {
    const suspect = this.#quarantine.choose(claimed, performance.now());
    if (suspect !== undefined) {
      this.#prefetch.collapse();
      this.worker.giveBack([...this.#waiting.takeAll(), ...claimed.filter((job) => job !== suspect)]);
    }
    this.#waiting.add(suspect === undefined ? claimed : [suspect], performance.now());
    return suspect !== undefined;
  }

  /**
   * Whether no job may start now, because a suspect has to wait until all other jobs have ended or been returned.
   */
  mustHold(): boolean {
    if (!this.#quarantine.isChosen) return false;
    return (
      !this.worker.isReported() || this.#quarantine.mustWait(this.worker.running.size, performance.now())
    );
  }

  /** Removes and returns the next job to start. There must be one. */
  next(): ClaimedJob {
    return this.#waiting.next();
  }

  /** Called when all claimed jobs have been started. */
  emptied(): void {
    const { engine } = this.worker;
    this.#waiting.takeAll();
    this.#prefetch.emptied(performance.now(), engine.batch() * engine.pipeline);
  }

  /** Returns all jobs. If a suspect is among them, its quarantine ends. */
  giveBackAll(): void {
    this.#quarantine.clear();
    this.worker.giveBack(this.#waiting.takeAll());
  }

  /**
   * Returns jobs that have waited too long, and ends a quarantine that takes too long. Returns whether the end of a
   * quarantine allows other jobs to start.
   */
  relieve(): boolean {
    const isOver = this.#quarantine.endIfLong(performance.now());
    if (this.#quarantine.isChosen || !this.#waiting.hasWaited(longestWait, performance.now())) return isOver;
    this.#prefetch.collapse();
    this.giveBackAll();
    return isOver;
  }

  /** Forgets jobs that were canceled or that another worker owns. */
  drop(jobs: readonly Held[]): void {
    this.#waiting.drop(jobs);
    for (const { id } of jobs) this.#quarantine.forget(id);
  }

  /** Forgets all jobs, because other workers own them. Returns how many there were. */
  clear(): number {
    this.#quarantine.clear();
    return this.#waiting.takeAll().length;
  }

  /** Called when a job has ended. */
  ended(id: number): void {
    this.#quarantine.forget(id);
  }
}
