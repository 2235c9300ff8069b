import type { DaemonHabits } from "../schedule/times/nextRuns";
import { hostCron } from "./hostCron";
import { readInstallation } from "./installation";
import { isScheduleWorking } from "./isScheduleWorking";

/** Which due starts this host's daemon leaves out by itself: nobody missed those. */
export function daemonHabits(): DaemonHabits {
  if (isScheduleWorking()) return {};
  const { startsTwice, clockChanges } = hostCron({ cron: readInstallation()?.options.cron }).facts;
  return { waitsForLastRun: !startsTwice, losesRepeatedHour: clockChanges === "wall once" };
}
