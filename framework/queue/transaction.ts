import type { Knex } from "knex";
import { LajuError } from "../config/errors";

/**
 * The connection of a transaction of the app's, while it goes on. Knex still lends the connection of one that has
 * ended: what is queued there would be queued at once, rolled back or not, and beside somebody else's work.
 */
export async function connectionOf(trx: Knex.Transaction): Promise<object> {
  if (trx?.isTransaction !== true || typeof trx.client?.acquireConnection !== "function") {
    throw wrong("trx is no transaction", "Give what DB.transaction(async (trx) => …) gives you.");
  }
  if (trx.isCompleted()) {
    throw wrong(
      "trx has ended: it was committed or rolled back",
      "Queue the job before that, or without trx.",
    );
  }
  return trx.client.acquireConnection();
}

function wrong(message: string, hint: string): LajuError {
  return new LajuError(message, { code: "E_QUEUE_TRX", hint });
}
