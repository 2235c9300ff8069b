import type { Knex } from "knex";
import { LajuError } from "../../../config/errors";
import type { NewJob } from "../../engine";
import { bullPriority } from "./priority";

/** Throws for a job that BullMQ does not support, so that it fails when it is queued and not later. */
export function refuseImpossible({ type, priority }: NewJob, trx: Knex.Transaction | undefined): void {
  if (trx !== undefined) {
    throw new LajuError(
      `${type} cannot be queued within a transaction: BullMQ's queue is not in the database`,
      {
        code: "E_QUEUE_TRX",
        hint: "Queue the job after the commit, without trx, or unset QUEUE_ENGINE.",
      },
    );
  }
  bullPriority(priority);
  if (!type.includes(":")) return;
  throw new LajuError(`the type ${JSON.stringify(type)} has a colon, which BullMQ does not allow in names`, {
    code: "E_JOB",
    hint: "Rename the handler's file.",
  });
}
