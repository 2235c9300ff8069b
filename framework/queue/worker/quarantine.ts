import type { ClaimedJob } from "../engine";

/** How long a suspect waits for the running jobs to end before it starts alongside them, in milliseconds. */
const patience = 5000;
/**
 * After a job has run alone for this long, in milliseconds, other jobs may start alongside it: it doesn't kill its
 * worker immediately.
 */
const longestAlone = 10_000;
/**
 * A job runs alone if at least this many workers died while they held it. A single death can have any cause (a kill,
 * out of memory).
 */
const suspiciousDeaths = 2;

/**
 * Runs suspects alone. A worker that dies may have held a thousand jobs, and nothing shows which of them, if any,
 * killed it. So none of them loses an attempt, and a job that was held by several workers when they died becomes a
 * suspect. If the worker that runs it alone dies too, the job is blamed.
 */
export class Quarantine {
  #alone: ClaimedJob | undefined;
  #since = 0;

  /**
   * Chooses the suspect among the claimed jobs, which will run alone; the caller must return all others. Returns
   * undefined if there is none.
   */
  choose(claimed: readonly ClaimedJob[], now: number): ClaimedJob | undefined {
    const suspect = claimed.find(({ crashes }) => crashes >= suspiciousDeaths);
    this.#alone = suspect;
    this.#since = now;
    return suspect;
  }

  get isChosen(): boolean {
    return this.#alone !== undefined;
  }

  /** Whether the chosen suspect has to wait for the `running` jobs. */
  mustWait(running: number, now: number): boolean {
    return this.#alone !== undefined && running > 0 && now - this.#since < patience;
  }

  /**
   * Ends the quarantine of a job that has run alone for a long time, because the job might run forever. Returns whether
   * it did.
   */
  endIfLong(now: number): boolean {
    if (this.#alone === undefined || now - this.#since < patience + longestAlone) return false;
    this.#alone = undefined;
    return true;
  }

  /** Called when the job has ended or this worker no longer owns it. */
  forget(id: number): void {
    if (this.#alone?.id === id) this.#alone = undefined;
  }

  clear(): void {
    this.#alone = undefined;
  }
}
