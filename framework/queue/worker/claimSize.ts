import { largestPayload } from "../payload";

/**
 * The maximum size of the claimed jobs' data in memory, in characters: enough for a thousand small jobs, or a few large
 * ones.
 */
const most = 64_000_000;

/** What a worker holds right now. */
interface InHand {
  running: number;
  /** How many jobs the claims in flight may return. */
  claiming: number;
  /** The size of all jobs that the worker holds, in characters. */
  carried(): number;
}

/**
 * Limits how many jobs to claim, so that their data doesn't fill the memory. A job's size is known only after it is
 * claimed. So every job is assumed to be as large as the largest recent one, and the first to have the maximum size.
 */
export class Load {
  #largest = largestPayload;

  /** How many jobs to claim: at most `room`, and at least one if the worker holds none. */
  limit(room: number, { running, claiming, carried }: InHand): number {
    if ((room + running + claiming) * this.#largest <= most) return room;
    const fits = Math.floor((most - carried()) / this.#largest) - claiming;
    const least = running + claiming === 0 ? 1 : 0;
    return Math.min(room, Math.max(least, fits));
  }

  learn(claimed: readonly { data: string | null }[]): void {
    if (claimed.length === 0) return;
    let largest = this.#largest / 2;
    for (const { data } of claimed) if (data !== null && data.length > largest) largest = data.length;
    this.#largest = largest;
  }
}

export function charactersOf(jobs: readonly { data: string | null }[]): number {
  return jobs.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
}

/** If a batch took less time than this, in milliseconds, the next one is larger. */
const short = 20;
/**
 * If a batch took longer than this, in milliseconds, the next one is smaller, so that jobs don't wait here while
 * another worker could start them.
 */
const long = 60;

/**
 * How many jobs to claim in advance, beyond those that can start immediately: many if jobs are short, none if they are
 * long.
 */
export class Prefetch {
  #size = 0;
  #filledAt = 0;

  /** How many jobs to keep waiting now, at most `most`. */
  size(most: number): number {
    return Math.min(this.#size, most);
  }

  /** Reports whether a claim returned as many jobs as it asked for. */
  filled(isFull: boolean, now: number): void {
    if (isFull) this.#filledAt = now;
    else this.#filledAt = 0;
  }

  /** Called when every waiting job has been started. */
  emptied(now: number, most: number): void {
    if (this.#filledAt === 0) return;
    const lasted = now - this.#filledAt;
    if (lasted < short) this.#size = Math.min(most, Math.max(16, this.#size * 2));
    else if (lasted > long) this.#size = Math.floor(this.#size / 2);
    this.#filledAt = 0;
  }

  /** Called when jobs waited too long and are returned. */
  collapse(): void {
    this.#size = 0;
    this.#filledAt = 0;
  }
}
