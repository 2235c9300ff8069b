import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { ledgerFile, ledger as openLedger } from "../../runs/ledgerFile";
import { mayUse } from "./access";
import { bad, type Check, fine, warning } from "./check";

/** Reading a larger one whole would take longer than a check may. */
const mostBytes = 500_000_000;

export const ledger: Check = {
  name: "ledger",
  look() {
    const aside = damagedBefore();
    if (!existsSync(ledgerFile)) return aside ?? fine("no run has been recorded yet");
    if (!mayUse(ledgerFile, "write")) {
      return bad(
        `${ledgerFile} cannot be written: no run is recorded`,
        "Give it to the user whose crontab it is.",
      );
    }
    const { size } = statSync(ledgerFile);
    const whole = size > mostBytes ? "ok" : quickCheck();
    if (whole !== "ok") {
      return bad(
        `${ledgerFile} is damaged: ${whole}`,
        "The next run moves it aside and begins a new one; `sqlite3 FILE .recover` gets out what is left.",
      );
    }
    return aside ?? fine(`${basename(ledgerFile)}, ${(size / 1_000_000).toFixed(1)} MB`);
  },
};

function quickCheck(): string {
  try {
    return String(openLedger().pragma("quick_check(1)", { simple: true }));
  } catch (error) {
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error))) return error.message;
    throw error;
  }
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return cause?.code ?? code ?? "";
}

function damagedBefore() {
  const folder = dirname(ledgerFile);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const aside = files.find(
    (file) => file.startsWith(`${basename(ledgerFile)}.damaged-`) && !/-(wal|shm)$/.test(file),
  );
  if (aside === undefined) return undefined;
  return warning(
    `the ledger was damaged once and is kept as ${aside}`,
    "Delete it when it is of no more use.",
  );
}
