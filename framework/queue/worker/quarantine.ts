import type { ClaimedJob } from "../engine";

/** How long a suspect job waits for the running jobs to end before it starts alongside them, in milliseconds. */
const patience = 5000;
/**
 * If a job has run alone for this long, in milliseconds, it doesn't kill its worker immediately, so others may start
 * alongside it.
 */
const longestAlone = 10_000;
/**
 * A job that this many workers held when they died runs alone. A single death can have any cause (a kill, out of
 * memory).
 */
const suspiciousDeaths = 2;

/**
 * A worker that dies may have held a thousand jobs, and there is no telling which of them, if any, killed it. So none
 * of them loses an attempt, and a job that was held by several workers when they died runs alone. If its worker then
 * dies too, the job is blamed.
 */
export class Quarantine {
  #alone: ClaimedJob | undefined;
  #since = 0;

  /**
   * Chooses the claimed job to run alone; the caller must return all others. Undefined if none of the jobs is a
   * suspect.
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
   * Ends the quarantine of a job that has been running for long, because it might run forever. Returns whether it did.
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
