import { LajuError } from "../../../config/errors";

type DatabaseError = Error & { code?: string; errno?: number; sqlMessage?: string };

/** In PostgreSQL's and MySQL's words. */
export function described(error: DatabaseError): Error {
  const { code } = error;
  const isMissing =
    code === "42P01" || code === "42703" || code === "ER_NO_SUCH_TABLE" || code === "ER_BAD_FIELD_ERROR";
  if (!isMissing) return error;
  return new LajuError(`the queue's tables are not there (${withoutStatement(error)})`, {
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
