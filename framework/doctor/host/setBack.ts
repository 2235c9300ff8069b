import { formatDuration } from "../../config/duration";
import { lookInLedger } from "../../runs/ledger/ledgerFile";
import { bad, fine, type LocalCheck } from "../check";

/** By how much two clocks may differ, in milliseconds. */
export const clockTolerance = 120_000;

/** Checks that the clock was not set back. It does not check whether the time is right, because no program can tell. */
export const clock: LocalCheck = {
  name: "clock",
  look() {
    const now = Date.now();
    const newest = newestStart();
    if (newest === undefined || newest.at <= now + clockTolerance) return fine(new Date(now).toISOString());
    const ahead = formatDuration(Math.floor((newest.at - now) / 1_000) * 1_000);
    return bad(
      `the clock was set back: the newest run, of ${newest.name}, started ${ahead} in the future`,
      `Check the clock with \`date\`, and synchronize it: timedatectl set-ntp true. If the clock is right, this problem disappears in ${ahead}.`,
    );
  },
};

function newestStart(): { at: number; name: string } | undefined {
  const newest = "SELECT name, started_at AS at FROM runs ORDER BY started_at DESC LIMIT 1";
  return lookInLedger((ledger) => ledger.prepare(newest).get()) as { at: number; name: string } | undefined;
}
