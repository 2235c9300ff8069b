import type { OneServer } from "../../metadata/commandMeta";
import { writeAll } from "../../process/output";
import { isAtTerminal } from "../../process/thisProcess";
import { holderText } from "../history/runText";
import { latestSlot, type Scheduled } from "../supervision/dueSlot";
import type { ActiveRun } from "../supervision/supervise";
import { claimSlot, longestClaimAge } from "./claims";

const minute = 60_000;

/**
 * Returns in the one of several servers that is to do the work of a scheduled moment; in the others the process ends
 * here, with a skipped run. It claims only after this server's own reasons not to run (pause, overlap), so that it
 * takes nothing away from the others that it will not do itself.
 */
export async function startOnOneServer(run: ActiveRun, command: Scheduled & OneServer): Promise<void> {
  if (!run.awaitsClaim) return;
  const slot = run.due ?? slotOfStart(run.startedAt, command);
  const moment = new Date(slot).toISOString();
  // A claim that old may have been forgotten by the store, so nobody could say that it is free.
  if (Date.now() - slot > longestClaimAge) run.skip(`its time, ${moment}, is too long ago to ask who ran it`);
  const holder = await claimOf(run, command, slot);
  if (holder === "this run") return run.confirm();
  run.skip(holderText(holder, moment));
}

/** At a terminal somebody tries it out, and is not to be told that cron has run it minutes ago. */
function slotOfStart(startedAt: number, command: Scheduled): number {
  const slot = isAtTerminal() ? undefined : latestSlot(command, new Date(startedAt));
  return slot ?? Math.floor(startedAt / minute) * minute;
}

async function claimOf(run: ActiveRun, { name, whenUnavailable }: Scheduled & OneServer, slot: number) {
  try {
    return await claimSlot(name, slot);
  } catch (error) {
    if (whenUnavailable === "skip" && error.code !== "E_ONE_SERVER_STORE") {
      run.skip(`whether another server runs it is not known: ${error.message}`);
    }
    run.noteError(error);
    const hint = error.hint === undefined ? "" : `\n  ${error.hint}`;
    writeAll(2, `laju: ${name} is not run: ${error.message}${hint}\n`);
    return run.exit(1);
  }
}
