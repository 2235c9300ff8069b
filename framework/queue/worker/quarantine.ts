import type { ClaimedJob } from "../engine";

/** How long a suspect waits for what runs to end before it is begun beside it, in milliseconds. */
const patience = 5000;
/** What has run alone for so long kills no worker at once: others are begun beside it, in milliseconds. */
const longestAlone = 10_000;
/** Once may have been anything (a kill, a full memory); who was there twice is run alone. */
const suspiciousDeaths = 2;
/** Whoever was there at so many deaths of workers is to blame, whatever else they held. */
const mostDeaths = 5;

/**
 * A worker that dies may have held a thousand jobs, of which one killed it. Nobody knows which: so none of them loses
 * an attempt, and those that were there again are run with nothing beside them. What dies alone is to blame.
 */
export class Quarantine {
  #alone: ClaimedJob | undefined;
  #since = 0;

  /** Of a claim that holds suspects, the one to run; the others are to be given back. Undefined: there are none. */
  choose(claimed: readonly ClaimedJob[], now: number): ClaimedJob | undefined {
    const suspect = claimed.find(({ crashes }) => crashes >= suspiciousDeaths);
    this.#alone = suspect;
    this.#since = now;
    return suspect;
  }

  get isChosen(): boolean {
    return this.#alone !== undefined;
  }

  /** Whether the chosen one has to wait for `running` others. */
  mustWait(running: number, now: number): boolean {
    return this.#alone !== undefined && running > 0 && now - this.#since < patience;
  }

  /** Ends the quarantine of one that runs for long, which it may do for ever; says whether it did. */
  endIfLong(now: number): boolean {
    if (this.#alone === undefined || now - this.#since < patience + longestAlone) return false;
    this.#alone = undefined;
    return true;
  }

  /** It has ended, or is not this worker's any more. */
  forget(id: number): void {
    if (this.#alone?.id === id) this.#alone = undefined;
  }

  clear(): void {
    this.#alone = undefined;
  }
}

/** Of the jobs that a dead worker held, those whose attempt ended with it. */
export function blamed(jobs: readonly ClaimedJob[]): ClaimedJob[] {
  return jobs.length === 1 ? [...jobs] : jobs.filter(({ crashes }) => crashes > mostDeaths);
}
