import { stampOf } from "../read/stamp";

/** How often files are looked at while anybody watches, in milliseconds. */
const lookMs = 250;
/** Times come, runs are killed and queues change without a word in these files. */
const restMs = 2_000;

/** Calls back when something may have changed, for as long as somebody listens. One for all pages and tabs. */
export class Watcher {
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #stamp = "";
  #toldAt = 0;

  /** Returns what ends it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined) this.#begin();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#end();
    };
  }

  #begin(): void {
    this.#stamp = stampOf();
    this.#toldAt = Date.now();
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const stamp = stampOf();
    if (stamp === this.#stamp && Date.now() - this.#toldAt < restMs) return;
    this.#stamp = stamp;
    this.#toldAt = Date.now();
    for (const listener of this.#listeners) listener();
  }
}
