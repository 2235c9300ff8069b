import type { Knex } from "knex";
import { type Driver, described } from "./connection";

type ClientClass = typeof Knex.Client;

/** Knex `options` of a statement without a time limit, because it may have to read a large table. */
export const unlimited = { timeout: 0, query_timeout: 0 };

interface Query {
  sql: string;
  options?: object;
}

/** Knex's client with additions for the queue's connections. */
export interface PatientClient extends Knex.Client {
  /** Marks all open connections, so that they aren't used again. */
  doubt(): void;
  isDoubted(connection: object): boolean;
}

/**
 * A Knex client that limits how long it waits for a statement. If a connection is lost silently (a failover, a NAT that
 * forgets it), TCP takes a quarter of an hour to notice, and the worker could send no heartbeat during that time. If
 * one connection is silent, the others probably are too, and waiting for each in turn would take longer than the lease.
 */
export function patientClient(Client: ClientClass, driver: Driver, timeout: number): ClientClass {
  // Use variables instead of fields, because a transaction's client has the client's methods but not its fields.
  let generation = 0;
  const made = new WeakMap<object, number>();
  return class extends Client implements PatientClient {
    override async acquireRawConnection(): Promise<object> {
      const begunIn = generation;
      const connection = await super.acquireRawConnection();
      made.set(connection, begunIn);
      return connection;
    }

    override async validateConnection(connection: object): Promise<boolean> {
      return !this.isDoubted(connection) && super.validateConnection(connection);
    }

    override async query(connection: object, given: string | Query): Promise<unknown> {
      const query: Query = typeof given === "string" ? { sql: given } : given;
      query.options = { timeout, query_timeout: timeout, ...query.options };
      try {
        return await super.query(connection, query);
      } catch (error) {
        if (!driver.isAnswer(error)) {
          this.doubt();
          driver.cut(connection);
        }
        throw described(error);
      }
    }

    doubt(): void {
      generation++;
    }

    isDoubted(connection: object): boolean {
      return made.get(connection) !== generation;
    }
  };
}
