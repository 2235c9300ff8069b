import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { paths } from "../../config/config";
import { appendToJournal, journalFile } from "../../runs/ledger/journal";
import { reachesLedger } from "../../runs/ledger/journalReader";
import { openLedgerFile } from "../../runs/ledger/ledgerTables";
import { bad, type Check, fine, warning } from "../check";
import { mayUse } from "../host/access";

/** The largest ledger to check, in bytes: checking a larger one would exceed the time limit of a check. */
const maxBytes = 500_000_000;

export const ledger: Check = {
  name: "ledger",
  look() {
    const aside = damagedBefore();
    const closed = [journalFile, paths.ledger].find((file) => existsSync(file) && !mayUse(file, "write"));
    if (closed !== undefined) {
      return bad(
        `${closed} cannot be written: no runs are recorded`,
        "Make the crontab's user its owner (chown).",
      );
    }
    if (!existsSync(paths.ledger)) return aside ?? fine("not created yet");
    const { size } = statSync(paths.ledger);
    const whole = size > maxBytes ? "ok" : quickCheck();
    if (whole !== "ok") {
      return bad(
        `${paths.ledger} is damaged: ${whole}`,
        "The next verb that reads the ledger moves it aside and creates a new one. `sqlite3 FILE .recover` recovers what is left.",
      );
    }
    if (!isRecorded()) {
      return bad(
        `the ledger did not import ${journalFile}, although that file is writable: no runs are recorded`,
        "Move runs.journal and runs.journal.1 out of the data folder; the next run creates new ones.",
      );
    }
    return aside ?? fine(`${basename(paths.ledger)}, ${(size / 1_000_000).toFixed(1)} MB`);
  },
};

function quickCheck(): string {
  try {
    const database = openLedgerFile();
    const answer = String(database.pragma("quick_check(1)", { simple: true }));
    database.close();
    return answer;
  } catch (error) {
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error))) return error.message;
    throw error;
  }
}

/**
 * Whether runs reach the ledger. Also true if the ledger is locked for a moment, because that says nothing about the
 * journal.
 */
function isRecorded(): boolean {
  const database = openLedgerFile();
  try {
    return reachesLedger(database, appendToJournal);
  } catch (error) {
    if (/^SQLITE_BUSY/.test(codeOf(error))) return true;
    throw error;
  } finally {
    database.close();
  }
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return cause?.code ?? code ?? "";
}

function damagedBefore() {
  const folder = dirname(paths.ledger);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const aside = files.find(
    (file) => file.startsWith(`${basename(paths.ledger)}.damaged-`) && !/-(wal|shm)$/.test(file),
  );
  if (aside === undefined) return undefined;
  return warning(`a damaged ledger was moved to ${aside}`, "Delete it when you no longer need it.");
}
