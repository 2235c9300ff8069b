import type { CronFacts } from "../../host/crons";
import type { Schedule } from "../../schedule/expression/types";
import { knownStretches } from "../../schedule/times/clockDifferences";
import { type Clock, firingsAfter } from "../../schedule/times/firings";

const minuteMilliseconds = 60_000;

/**
 * Where this cron starts the command at other times than `explain` says, and no crontab line can prevent that. One
 * sentence each.
 */
export function cronNotes(schedule: Schedule, cron: CronFacts, clock: Required<Clock>): string[] {
  if (cron.clockChanges !== "wall once" || !runsInRepeatedHour(schedule, clock)) return [];
  return [`${cron.label} starts nothing during the hour that the clocks of ${clock.hostTimezone} repeat`];
}

function runsInRepeatedHour(schedule: Schedule, clock: Required<Clock>): boolean {
  return knownStretches(clock.hostTimezone).some(({ start, offset, offsetBefore }) => {
    if (offset >= offsetBefore) return false;
    const end = (start + offsetBefore - offset) * minuteMilliseconds;
    for (const time of firingsAfter(schedule, start * minuteMilliseconds - 1, clock)) return time < end;
    return false;
  });
}
