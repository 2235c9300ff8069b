import type { ClaimedJob } from "../engine";

/** How long a suspect waits for the running jobs to end before it starts beside them, in milliseconds. */
const patience = 5000;
/**
 * A job that has run alone this long doesn't kill its worker right away, so others start beside it. In
 * milliseconds.
 */
const longestAlone = 10_000;
/** One death may have any cause (a kill, out of memory). A job that was there twice is run alone. */
const suspiciousDeaths = 2;
/** A job that was there at this many worker deaths is to blame, whatever else those workers held. */
const maxDeaths = 5;

/**
 * A worker that dies may have held a thousand jobs, and one of them killed it. Nobody knows which. So none of
 * them loses an attempt, and those present at repeated deaths are run alone. A job whose worker dies while it
 * runs alone is to blame.
 */
export class Quarantine {
  #alone: ClaimedJob | undefined;
  #since = 0;

  /** Which suspect of a claim to run; the other jobs are to be returned. Undefined if there is no suspect. */
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
   * Ends the quarantine of a job that runs for long, because it might run forever. Returns whether it did.
   */
  endIfLong(now: number): boolean {
    if (this.#alone === undefined || now - this.#since < patience + longestAlone) return false;
    this.#alone = undefined;
    return true;
  }

  /** The job has ended, or this worker no longer owns it. */
  forget(id: number): void {
    if (this.#alone?.id === id) this.#alone = undefined;
  }

  clear(): void {
    this.#alone = undefined;
  }
}

/** Of the jobs that a dead worker held, those that are to blame if they had begun. */
export function suspectsAmong(jobs: readonly ClaimedJob[]): ClaimedJob[] {
  return jobs.length === 1 ? [...jobs] : jobs.filter(({ crashes }) => crashes > maxDeaths);
}
