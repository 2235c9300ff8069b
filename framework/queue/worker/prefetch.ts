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
