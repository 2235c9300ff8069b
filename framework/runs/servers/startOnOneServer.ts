import type { OneServer } from "../../metadata/commandMeta";
import { writeAll } from "../../process/output";
import { isAtTerminal } from "../../process/thisProcess";
import { holderText } from "../history/runText";
import { latestSlot, type Scheduled } from "../supervision/dueSlot";
import type { ActiveRun } from "../supervision/supervise";
import { claimSlot, longestClaimAge } from "./claims";

const minute = 60_000;

/**
 * Returns on the one server that should run the command for a scheduled time. On all others, records a skipped run and exits
 * the process. Claims only after pauses and overlap have been checked, so that a server never claims work that it won't do.
 */
export async function startOnOneServer(run: ActiveRun, command: Scheduled & OneServer): Promise<void> {
  if (!run.awaitsClaim) return;
  const slot = run.due ?? slotOfStart(run.startedAt, command);
  const moment = new Date(slot).toISOString();
  // The store may already have deleted the claim for such an old time, so a free key proves nothing.
  if (Date.now() - slot > longestClaimAge)
    run.skip(`its time, ${moment}, is too long ago to tell whether another server ran it`);
  const holder = await claimOf(run, command, slot);
  if (holder === "this run") return run.confirm();
  run.skip(holderText(holder, moment));
}

/** A start at a terminal claims the current moment, so that it runs even if cron ran the command minutes ago. */
function slotOfStart(startedAt: number, command: Scheduled): number {
  const slot = isAtTerminal() ? undefined : latestSlot(command, new Date(startedAt));
  return slot ?? Math.floor(startedAt / minute) * minute;
}

async function claimOf(run: ActiveRun, { name, whenUnavailable }: Scheduled & OneServer, slot: number) {
  try {
    return await claimSlot(name, slot);
  } catch (error) {
    if (whenUnavailable === "skip" && error.code !== "E_ONE_SERVER_STORE") {
      run.skip(`cannot tell whether another server runs it: ${error.message}`);
    }
    run.noteError(error);
    const hint = error.hint === undefined ? "" : `\n  ${error.hint}`;
    writeAll(2, `laju: not running ${name}: ${error.message}${hint}\n`);
    return run.exit(1);
  }
}
