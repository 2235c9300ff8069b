import type { DaemonQuirks } from "../schedule/times/nextRuns";
import { hostCronFacts } from "./hostCron";
import { readInstallation } from "./installation";
import { isScheduleWorking } from "./isScheduleWorking";

/** The due starts that this host's daemon skips by design, which therefore don't count as missed. */
export function daemonQuirks(): DaemonQuirks {
  if (isScheduleWorking()) return {};
  const { startsTwice, clockChanges } = hostCronFacts({ cron: readInstallation()?.options.cron });
  return { waitsForLastRun: !startsTwice, losesRepeatedHour: clockChanges === "wall once" };
}
