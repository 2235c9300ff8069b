import { paths } from "../../config/config";
import { lockOwner } from "../../files/lockOwner";
import { lookInLedger } from "../../runs/ledger/ledgerFile";
import { bad, fine, type LocalCheck } from "../check";

/** Checks that the ledger can import the journal. Otherwise the runs that verbs show are out of date. */
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
        `the ledger ${paths.ledger} is locked by ${owner}: newer runs are not shown`,
        pid === undefined
          ? "Wait for that process to finish, or stop it. No run is lost: the journal keeps them."
          : `Wait for it to finish, or stop it with \`kill ${pid}\`. No run is lost: the journal keeps them.`,
      );
    }
  },
};
