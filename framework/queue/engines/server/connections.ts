import { createRequire } from "node:module";
import type { Knex } from "knex";
import type { DatabaseLocation } from "../../../services/database/databaseLocation";
import { clientFor } from "../../../services/database/knexClients";
import { connectionOf } from "../../transaction";
import { type Answer, type Connection, type Driver, described, type JobsTable } from "./connection";
import { type PatientClient, patientClient } from "./patientClient";

const require = createRequire(import.meta.url);

/** How long a statement of the queue may take before its connection is abandoned, in milliseconds. */
export const patience = 10_000;

/**
 * The queue's own connections, made by the app's Knex, so that neither the app nor the queue waits for the
 * other's connections or transactions.
 */
export class Connections {
  readonly database: Knex;
  readonly #prepared = new WeakSet<object>();

  constructor(
    place: Exclude<DatabaseLocation, { engine: "sqlite" }>,
    readonly driver: Driver,
    readonly table: JobsTable,
    readonly prepare?: string,
  ) {
    const { knex } = require("knex") as typeof import("knex");
    const quiet = () => {};
    this.database = knex({
      client: patientClient(clientFor(place), driver, patience),
      connection: place.url,
      pool: { min: 0, max: 10 },
      acquireConnectionTimeout: patience,
      // Keep Knex from writing errors to standard output, because it also throws them.
      log: { warn: quiet, error: quiet, debug: quiet, deprecate: quiet },
    });
  }

  get client(): PatientClient {
    return this.database.client;
  }

  async open(): Promise<OpenConnection> {
    const connection = new OpenConnection(await this.database.client.acquireConnection(), this);
    if (this.prepare === undefined || this.#prepared.has(connection.raw)) return connection;
    try {
      await connection.query(this.prepare);
    } catch (error) {
      await connection.release();
      throw error;
    }
    this.#prepared.add(connection.raw);
    return connection;
  }

  /** Calls `work` with a connection, which goes back to the pool afterwards. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.open();
    try {
      return await work(connection);
    } finally {
      await connection.release();
    }
  }

  isCurrent(): Promise<boolean> {
    return this.use((connection) => connection.isCurrent());
  }

  /** Wraps the connection of the app's transaction, which only the app may release. */
  async within(trx: Knex.Transaction): Promise<Connection> {
    return new OpenConnection(await connectionOf(trx), this);
  }
}

export class OpenConnection implements Connection {
  constructor(
    readonly raw: object,
    readonly owner: Connections,
  ) {}

  get isBroken(): boolean {
    return Boolean((this.raw as Disposable).__knex__disposed) || this.owner.client.isDoubted(this.raw);
  }

  async query(sql: string, values?: readonly unknown[], timeoutMs = patience): Promise<Answer> {
    const { driver } = this.owner;
    try {
      return await driver.ask(this.raw, sql, values, timeoutMs);
    } catch (error) {
      if (!driver.isAnswer(error)) {
        this.owner.client.doubt();
        this.cut(error);
      }
      throw described(error);
    }
  }

  isCurrent(): Promise<boolean> {
    return this.owner.table.isCurrent(this);
  }

  /** Closes the connection, because the state of its statements in flight is unknown. */
  cut(reason: Error): void {
    (this.raw as Disposable).__knex__disposed ??= reason;
    this.owner.driver.cut(this.raw);
  }

  async release(): Promise<void> {
    await this.owner.database.client.releaseConnection(this.raw);
  }
}

/** A connection with the property by which Knex marks it as unusable, so that its pool discards it. */
type Disposable = { __knex__disposed?: unknown };

/**
 * A connection that serves one purpose for as long as it works. Its tasks run one at a time, in the order in which they
 * arrive.
 */
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
