import { existsSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../config";
import { takeIn } from "../../runs/journalReader";
import { ledgerFile, openLedgerFile } from "../../runs/ledgerTables";
import { formatDuration } from "../../schedule/duration";
import { bad, type Check, fine, warning } from "./check";

const tolerance = 120_000;
const cure = "Let the system keep its clock: timedatectl set-ntp true.";

/** Whether the clock is right no program can know; whether it contradicts itself it can. */
export const clock: Check = {
  name: "clock",
  look() {
    const now = Date.now();
    const newest = newestStart();
    if (newest !== undefined && newest > now + tolerance) {
      return bad(`it was set back: the newest run began in ${formatDuration(newest - now)} from now`, cure);
    }
    const away = fileSystemTime() - now;
    if (Math.abs(away) > tolerance) {
      return warning(`the file system of ${paths.data} has another time: ${formatDuration(away)} away`, cure);
    }
    return fine(new Date(now).toISOString());
  },
};

function newestStart(): number | undefined {
  if (!existsSync(ledgerFile)) return undefined;
  try {
    const ledger = openLedgerFile();
    takeIn(ledger);
    const row = ledger.prepare("SELECT max(started_at) AS at FROM runs").get() as { at: number | null };
    ledger.close();
    return row.at ?? undefined;
  } catch {
    return undefined; // The ledger has a check of its own.
  }
}

function fileSystemTime(): number {
  if (!existsSync(paths.data)) return Date.now();
  const folder = mkdtempSync(join(paths.data, ".clock-"));
  try {
    return statSync(folder).mtimeMs;
  } finally {
    rmdirSync(folder);
  }
}
