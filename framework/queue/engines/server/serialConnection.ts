import type { Connection } from "./connection";
import type { Connections, OpenConnection } from "./connections";

/** A connection for one purpose, kept while it works: one piece of work at a time, in the order in which they came. */
export class SerialConnection {
  #connection: OpenConnection | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(readonly connections: Connections) {}

  use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const mine = this.#last.then(() => this.#run(work));
    this.#last = mine.catch(() => {});
    return mine;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#drop();
  }

  async #run<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#connection?.isBroken) await this.#drop();
    this.#connection ??= await this.connections.open();
    return work(this.#connection);
  }

  async #drop(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.release();
  }
}
