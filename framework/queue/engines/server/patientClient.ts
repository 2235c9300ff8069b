import type { Knex } from "knex";
import { type Driver, described } from "./connection";

type ClientClass = typeof Knex.Client;

/** What a statement may ask for in Knex's `options`: no limit, as it may have to read all of a large table. */
export const unlimited = { timeout: 0, query_timeout: 0 };

interface Query {
  sql: string;
  options?: object;
}

/** Knex's client, as the queue's connections need it. */
export interface PatientClient extends Knex.Client {
  /** Of the connections there are, none is to be used again. */
  doubt(): void;
  isDoubted(connection: object): boolean;
}

/**
 * A statement is not waited for without end: where the network lost a connection without a word (a failover, a NAT that
 * forgets), TCP takes a quarter of an hour to say so, and a worker's heartbeat would be silent for as long. And when one
 * connection is silent the others are as well: each would take the time limit once more, and the lease be over.
 */
export function patientClient(Client: ClientClass, driver: Driver, timeout: number): ClientClass {
  // Not the client's own fields: a transaction's client has the same methods and none of them.
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
