import type { ClaimedJob } from "../engine";

/** How long a suspect job waits for the running jobs to end before it starts alongside them, in milliseconds. */
const patience = 5000;
/**
 * If a job has run alone for this long, in milliseconds, it evidently doesn't kill its worker at once, so others start
 * alongside it.
 */
const longestAlone = 10_000;
/** One death can have any cause (a kill, out of memory). A job held by two workers that died runs alone. */
const suspiciousDeaths = 2;
/** A job held by this many workers that died is blamed, whatever else they held. */
const maxDeaths = 5;

/**
 * A worker that dies may have held a thousand jobs, and there is no telling which of them, if any, killed it. So none
 * of them loses an attempt, and jobs held at repeated deaths run alone. A job whose worker dies while it runs alone is
 * blamed.
 */
export class Quarantine {
  #alone: ClaimedJob | undefined;
  #since = 0;

  /** Chooses the suspect of a claim to run; all other jobs must be returned. Undefined if there is no suspect. */
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

/** The jobs of a dead worker that are blamed for its death if they had been started. */
export function suspectsAmong(jobs: readonly ClaimedJob[]): ClaimedJob[] {
  return jobs.length === 1 ? [...jobs] : jobs.filter(({ crashes }) => crashes > maxDeaths);
}
