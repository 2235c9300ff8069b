import { LajuError } from "../../../config/errors";

/** A database's own driver, below Knex. */
export interface Driver {
  ask(raw: unknown, sql: string, values: readonly unknown[] | undefined, timeoutMs: number): Promise<Answer>;
  /** Closes a connection immediately, without telling the server. */
  cut(raw: unknown): void;
  /** Whether the server itself rejected the statement, in which case the connection can still be used. */
  isAnswer(error: Error): boolean;
}

export interface Answer {
  /** Rows as arrays, which take half as long to create as objects. */
  rows: unknown[][];
  /** The number of rows changed. */
  count: number;
  firstId?: number;
}

export interface Connection {
  /** A statement that takes longer than `timeoutMs` closes the connection. */
  query(sql: string, values?: readonly unknown[], timeoutMs?: number): Promise<Answer>;
  /** Whether the jobs table has the columns of this release. */
  isCurrent(): Promise<boolean>;
}

/** Runs `work` in a transaction, which is rolled back if `work` fails. */
export async function transaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.query("begin");
  try {
    const result = await work();
    await connection.query("commit");
    return result;
  } catch (error) {
    // If the connection is broken, the server rolls back anyway.
    await connection.query("rollback").catch(() => {});
    throw error;
  }
}

type DatabaseError = Error & { code?: string; errno?: number; sqlMessage?: string };

/** Turns PostgreSQL's or MySQL's error for a missing table into a LajuError. */
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

/** Returns a database error's message without the statement, which Knex prepends with all its values. */
function withoutStatement({ message, sqlMessage }: DatabaseError): string {
  return sqlMessage ?? message.split(" - ").at(-1) ?? message;
}

/**
 * Codes of errors by which the server aborts a transaction because of another one: deadlock, serialization failure,
 * lock wait timeout.
 */
const aborted = ["40P01", "40001", "ER_LOCK_DEADLOCK", "ER_LOCK_WAIT_TIMEOUT"];
/**
 * Codes of errors that occur when a pooler has lost a prepared statement, or someone has changed the type of its
 * result.
 */
const unprepared = ["26000", "42P05", "0A000"];
/** Codes of errors after which nothing has changed, so the same statement can be repeated. */
const passing = new Set([...aborted, ...unprepared]);

/** Repeats `work` after errors that it did not cause itself, such as a deadlock. */
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

/** How often to recheck a table without the new columns, in milliseconds. */
const lookEvery = 1000;

/**
 * Whether the jobs table has the columns of this release. Until its migration has run, the code doesn't use the new
 * columns and checks for them before each statement, because a failed statement would abort the app's transaction.
 */
export class JobsTable {
  #isCurrent = false;
  #next = Number.NEGATIVE_INFINITY;

  /** `question` is SQL that returns a row if the columns exist. */
  constructor(readonly question: string) {}

  async isCurrent(connection: Pick<Connection, "query">): Promise<boolean> {
    if (this.#isCurrent || performance.now() < this.#next) return this.#isCurrent;
    const { rows } = await connection.query(this.question);
    this.#next = performance.now() + lookEvery;
    this.#isCurrent = rows.length > 0;
    return this.#isCurrent;
  }
}
