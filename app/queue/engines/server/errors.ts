import { LajuError } from "../../../errors";

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

/**
 * The server ended this transaction so that others could go on (deadlock, serialisation, a wait for a lock), or its
 * pooler knows a prepared statement no more: nothing was changed, and the same again will do.
 */
const passing = new Set(["40P01", "40001", "26000", "42P05", "ER_LOCK_DEADLOCK", "ER_LOCK_WAIT_TIMEOUT"]);

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
