import type { Held } from "../../engine";
import type { Ledger } from "../exchanges";
import type { Claims } from "./claims";
import type { Connection } from "./connection";
import type { Connections } from "./connections";
import type { Hearing, ServerDialect } from "./dialect";
import { withRetries } from "./errors";
import { Lane } from "./serialConnection";

/** The ledger in a database: claims on one connection, what has ended on another. */
export class ServerLedger implements Ledger {
  readonly #claimLane: Lane;
  readonly #settleLane: Lane;

  constructor(
    connections: Connections,
    readonly dialect: ServerDialect,
    readonly claims: Claims,
    readonly hearing: Hearing,
  ) {
    this.#claimLane = new Lane(connections);
    this.#settleLane = new Lane(connections);
  }

  readonly claim: Ledger["claim"] = async (worker, request) => {
    const claimed = await withRetries(() =>
      this.#claimLane.use((connection) => this.claims.claim(connection, worker, request)),
    );
    this.hearing.claimed(claimed.claimed.length);
    return claimed;
  };

  readonly settle: Ledger["settle"] = (worker, settlements, progress) => {
    const work = async (connection: Connection) => {
      if (progress.length > 0) await this.dialect.note(connection, worker, inOrder(progress));
      if (settlements.length === 0) return [];
      return this.dialect.settle(connection, worker, inOrder(settlements));
    };
    return withRetries(() => this.#settleLane.use(work));
  };

  async release(worker: string, jobs: readonly Held[]): Promise<void> {
    await withRetries(() =>
      this.#settleLane.use((connection) => this.dialect.release(connection, worker, inOrder(jobs))),
    );
    this.claims.forget();
  }

  async close(): Promise<void> {
    await this.#claimLane.close();
    await this.#settleLane.close();
  }
}

/** Two that lock the same rows in the same order do not block each other. */
function inOrder<T extends Held>(jobs: readonly T[]): T[] {
  return [...jobs].sort((a, b) => a.id - b.id);
}
