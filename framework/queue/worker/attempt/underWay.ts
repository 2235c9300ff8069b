/** Promises that have not been settled yet. */
export class UnderWay {
  readonly #promises = new Set<Promise<unknown>>();

  get size(): number {
    return this.#promises.size;
  }

  add<T>(promise: Promise<T>): Promise<T> {
    const over = () => this.#promises.delete(promise);
    this.#promises.add(promise);
    promise.then(over, over);
    return promise;
  }

  /** Once those that are under way now have been settled, one way or the other. */
  answered(): Promise<unknown> {
    return Promise.allSettled(this.#promises);
  }
}
