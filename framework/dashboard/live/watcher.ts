import { stampOf } from "../read/stamp";

/** How often files are checked while a page is open, in milliseconds. */
const lookMs = 250;
/**
 * How often to report a possible change even if no file changed, in milliseconds. Times pass, runs are killed and
 * queues change without changing a file.
 */
const restMs = 2_000;

/**
 * Calls its listeners when something may have changed. Checks only while it has listeners. Shared by all pages and
 * tabs.
 */
export class Watcher {
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #stamp = "";
  #toldAt = 0;

  /** Returns a function that stops listening. */
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
