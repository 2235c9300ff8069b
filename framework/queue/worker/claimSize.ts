import { largestPayload } from "../payload";

/** The most data of claimed jobs to have in memory, in characters: a thousand small jobs, or few large ones. */
const most = 64_000_000;

/** What a worker has in hand. */
interface InHand {
  running: number;
  /** How many jobs the claims under way may bring. */
  claiming: number;
  /** The data of those that are here, in characters. */
  carried(): number;
}

/**
 * How many jobs can be claimed without their data filling the memory. What the next ones carry is only known once they
 * are here: they are taken for as large as the largest of late, and the first for as large as a job can be.
 */
export class Load {
  #largest = largestPayload;

  /** At most `room`; one at least where there is nothing in hand. */
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

/** A batch that lasted less than this is worth making larger, in milliseconds. */
const short = 20;
/** And one that lasted longer, smaller: what waits here, another worker could have begun. */
const long = 60;

/** How many jobs to claim beyond those that can be started at once: many where they are short, none where long. */
export class Prefetch {
  #size = 0;
  #filledAt = 0;

  /** The most to hold back now. */
  size(most: number): number {
    return Math.min(this.#size, most);
  }

  /** A claim came back full, or not. */
  filled(isFull: boolean, now: number): void {
    if (isFull) this.#filledAt = now;
    else this.#filledAt = 0;
  }

  /** Everything held back has been started. */
  emptied(now: number, most: number): void {
    if (this.#filledAt === 0) return;
    const lasted = now - this.#filledAt;
    if (lasted < short) this.#size = Math.min(most, Math.max(16, this.#size * 2));
    else if (lasted > long) this.#size = Math.floor(this.#size / 2);
    this.#filledAt = 0;
  }

  /** What was held back took too long: it is given back. */
  collapse(): void {
    this.#size = 0;
    this.#filledAt = 0;
  }
}
