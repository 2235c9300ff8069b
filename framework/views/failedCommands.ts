import { existsSync } from "node:fs";
import { isUnscheduledHere } from "../catalog/scheduledHere";
import { paths } from "../config/config";
import type { DeployedCommand } from "../metadata/overrides";
import { type RunHistory, troublesOf } from "../runs/history/health";
import { failedNames } from "../runs/history/lastRun";
import { markLostRuns } from "../runs/history/lostRuns";
import { runHistories } from "../runs/history/runHistory";
import { journalFile } from "../runs/ledger/journal";
import type { HostClock } from "../schedule/times/nextRuns";

/**
 * The commands whose last run failed, by the rules of `status`. Empty if the ledger doesn't exist or cannot be read, so
 * that `list` always works.
 */
export function failedCommands(
  commands: readonly DeployedCommand[],
  environment: string,
  clock: HostClock,
): Set<string> {
  if (!existsSync(paths.ledger) && !existsSync(journalFile)) return new Set();
  try {
    markLostRuns();
    const here = commands.filter((command) => !isUnscheduledHere(command, environment));
    const bad = new Set(failedNames(here.map(({ name }) => name)));
    const histories = runHistories([...bad]);
    const hasFailed = ({ name, schedules, timezone, overlap }: (typeof here)[number]) => {
      const expected = { name, schedules, timezone, overlap, since: null, isScheduled: schedules.length > 0 };
      return troublesOf(expected, histories.get(name) as RunHistory, clock).some(({ kind }) =>
        isBadEnd(kind),
      );
    };
    return new Set(
      here.filter((command) => bad.has(command.name) && hasFailed(command)).map(({ name }) => name),
    );
  } catch {
    return new Set();
  }
}

function isBadEnd(kind: string): boolean {
  return kind === "failed" || kind === "timed_out" || kind === "lost";
}
