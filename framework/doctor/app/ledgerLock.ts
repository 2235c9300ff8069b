import { paths } from "../../config/config";
import { lockOwner } from "../../files/lockOwner";
import { lookInLedger } from "../../runs/ledger/ledgerFile";
import { bad, fine, type LocalCheck } from "../check";

/** Whether the ledger takes in what runs have written to the journal: else what is shown of them is old. */
export const ledgerLock: LocalCheck = {
  name: "ledger's lock",
  look() {
    try {
      lookInLedger((ledger) => ledger.exec("BEGIN IMMEDIATE; ROLLBACK"));
      return fine("free");
    } catch (error) {
      if (!/^SQLITE_BUSY/.test(String(error.code ?? error.cause?.code))) throw error;
      const owner = lockOwner(paths.ledger);
      const pid = /^pid (\d+)/.exec(owner)?.[1];
      return bad(
        `the ledger ${paths.ledger} is locked by ${owner}: what ran since is not shown`,
        pid === undefined
          ? "Wait until that process is done, or end it. No run is lost: they are kept in the journal."
          : `Wait until it is done, or end it with \`kill ${pid}\`. No run is lost: they are kept in the journal.`,
      );
    }
  },
};
