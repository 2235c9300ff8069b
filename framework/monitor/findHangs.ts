import { readBuiltCommands } from "../catalog/catalog";
import { hangAfterSkips } from "../config/config";
import { hostClock } from "../host/hostClock";
import type { DeployedCommand } from "../metadata/overrides";
import { blockingRuns } from "../runs/history/blockingRuns";
import { type BlockingRun, hangText } from "../runs/history/hang";
import { closeQuietly, openIncident } from "../runs/ledger/incidents";
import type { HostClock } from "../schedule/times/nextRuns";

/** Opens an incident for each run that hangs. Returns a sentence about each. */
export function findHangs(
  commands: DeployedCommand[],
  clock: HostClock,
  running: BlockingRun[] = blockingRuns(),
): string[] {
  const least = hangAfterSkips();
  return running.flatMap((blocking) => {
    const { id: runId, name } = blocking.run;
    const command = commands.find((one) => one.name === name);
    const reason = command && hangText(command, blocking, clock, least);
    if (reason === undefined) return [];
    const openedAt = clock.now.getTime();
    if (!openIncident({ name, kind: "hanging", reason, runId, openedAt })) return [];
    // Close the incident about the slow run, because the notice about the hang says enough.
    closeQuietly(name, "slow", openedAt);
    return [`${name} ${reason}`];
  });
}

/** A cheaper search, for the process that sends notices. It rarely finds a hang, so it stops if nothing was skipped. */
export function findHangsBySkips(): void {
  try {
    const least = hangAfterSkips();
    const suspects = blockingRuns().filter(({ skipped }) => skipped >= least);
    if (suspects.length > 0) findHangs(readBuiltCommands(), hostClock(), suspects);
  } catch {
    // A damaged build must not keep notices from being sent. The monitor reports the damaged build.
  }
}
