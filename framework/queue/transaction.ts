import type { Knex } from "knex";
import { LajuError } from "../config/errors";

/**
 * The connection of one of the app's transactions. Throws if the transaction has ended, because Knex would still return
 * its connection: the job would be queued immediately, even after a rollback, possibly within another caller's
 * transaction.
 */
export async function connectionOf(trx: Knex.Transaction): Promise<object> {
  if (trx?.isTransaction !== true || typeof trx.client?.acquireConnection !== "function") {
    throw wrong("trx is not a transaction", "Pass the trx from DB.transaction(async (trx) => …).");
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
