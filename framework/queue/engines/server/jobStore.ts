import type { Held } from "../../engine";
import type { JobStore } from "../exchanges";
import type { Claims } from "./claims";
import type { Connection } from "./connection";
import type { Connections } from "./connections";
import type { Listener, ServerDialect } from "./dialect";
import { withRetries } from "./errors";
import { SerialConnection } from "./serialConnection";

/** The jobs in a database: claims use one connection, settlements another. */
export class ServerJobStore implements JobStore {
  readonly #claimConnection: SerialConnection;
  readonly #settleConnection: SerialConnection;

  constructor(
    connections: Connections,
    readonly dialect: ServerDialect,
    readonly claims: Claims,
    readonly listener: Listener,
  ) {
    this.#claimConnection = new SerialConnection(connections);
    this.#settleConnection = new SerialConnection(connections);
  }

  readonly claim: JobStore["claim"] = async (worker, request) => {
    const claimed = await withRetries(() =>
      this.#claimConnection.use((connection) => this.claims.claim(connection, worker, request)),
    );
    this.listener.claimed(claimed.claimed.length);
    return claimed;
  };

  readonly settle: JobStore["settle"] = (worker, settlements, progress) => {
    const work = async (connection: Connection) => {
      if (progress.length > 0) await this.dialect.note(connection, worker, inOrder(progress));
      if (settlements.length === 0) return [];
      return this.dialect.settle(connection, worker, inOrder(settlements));
    };
    return withRetries(() => this.#settleConnection.use(work));
  };

  async release(worker: string, jobs: readonly Held[]): Promise<void> {
    await withRetries(() =>
      this.#settleConnection.use((connection) => this.dialect.release(connection, worker, inOrder(jobs))),
    );
    this.claims.forget();
  }

  async close(): Promise<void> {
    await this.#claimConnection.close();
    await this.#settleConnection.close();
  }
}

/** Two that lock the same rows in the same order do not block each other. */
function inOrder<T extends Held>(jobs: readonly T[]): T[] {
  return [...jobs].sort((a, b) => a.id - b.id);
}
