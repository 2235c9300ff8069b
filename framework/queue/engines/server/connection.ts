import { LajuError } from "../../../config/errors";

/** What a database's own driver does, below Knex. */
export interface Driver {
  ask(raw: unknown, sql: string, values: readonly unknown[] | undefined, timeoutMs: number): Promise<Answer>;
  /** Ends a connection at once, without a word to the other side. */
  cut(raw: unknown): void;
  /** Whether the server itself said no, so that the connection is as good as before. */
  isAnswer(error: Error): boolean;
}

export interface Answer {
  /** Rows as arrays: half as dear to make as objects. */
  rows: unknown[][];
  /** How many rows were changed. */
  count: number;
  firstId?: number;
}

export interface Connection {
  /** One that takes longer than `timeoutMs` ends the connection. */
  query(sql: string, values?: readonly unknown[], timeoutMs?: number): Promise<Answer>;
  /** Whether the jobs table has the columns of this release. */
  isCurrent(): Promise<boolean>;
}

/** Everything or nothing. */
export async function transaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.query("begin");
  try {
    const result = await work();
    await connection.query("commit");
    return result;
  } catch (error) {
    // Where the connection is broken, the server rolls back by itself.
    await connection.query("rollback").catch(() => {});
    throw error;
  }
}

type DatabaseError = Error & { code?: string; errno?: number; sqlMessage?: string };

/** In PostgreSQL's and MySQL's words. */
export function described(error: DatabaseError): Error {
  const { code } = error;
  const isMissing =
    code === "42P01" || code === "42703" || code === "ER_NO_SUCH_TABLE" || code === "ER_BAD_FIELD_ERROR";
  if (!isMissing) return error;
  return new LajuError(`the queue's tables do not exist (${withoutStatement(error)})`, {
    code: "E_QUEUE_TABLE",
    hint: "Run node laju migrate.",
    cause: error,
  });
}

/** Knex puts the whole statement before it, values included. */
function withoutStatement({ message, sqlMessage }: DatabaseError): string {
  return sqlMessage ?? message.split(" - ").at(-1) ?? message;
}

/** The server ended this transaction so that others could go on: deadlock, serialisation, a wait for a lock. */
const givenWay = ["40P01", "40001", "ER_LOCK_DEADLOCK", "ER_LOCK_WAIT_TIMEOUT"];
/** A pooler knows a prepared statement no more, or somebody has changed the type of what it returns. */
const unprepared = ["26000", "42P05", "0A000"];
/** Nothing was changed, and the same again will do. */
const passing = new Set([...givenWay, ...unprepared]);

/** Does it again where the database says that it could not be done just now. */
export async function withRetries<T>(work: () => Promise<T>, random = Math.random): Promise<T> {
  for (let turn = 1; ; turn++) {
    try {
      return await work();
    } catch (error) {
      if (turn > 10 || !passing.has((error as DatabaseError).code ?? "")) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, random() * 5 * turn));
  }
}

/** How often an old table is looked at again, in milliseconds. */
const lookEvery = 1000;

/**
 * Whether the jobs table has the columns of this release. Its code may be started before its migration has run: it
 * then does without them, and looks again. Asked beforehand, as a failed statement ends a transaction of the app's.
 */
export class JobsTable {
  #isCurrent = false;
  #next = Number.NEGATIVE_INFINITY;

  /** `question`: SQL that has a row if the columns are there. */
  constructor(readonly question: string) {}

  async isCurrent(connection: Pick<Connection, "query">): Promise<boolean> {
    if (this.#isCurrent || performance.now() < this.#next) return this.#isCurrent;
    const { rows } = await connection.query(this.question);
    this.#next = performance.now() + lookEvery;
    this.#isCurrent = rows.length > 0;
    return this.#isCurrent;
  }
}
