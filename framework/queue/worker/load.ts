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
