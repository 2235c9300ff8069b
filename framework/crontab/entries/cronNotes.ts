import type { CronFacts } from "../../host/crons";
import type { Schedule } from "../../schedule/expression/types";
import { knownStretches } from "../../schedule/times/clockDifferences";
import { type Clock, firingsAfter } from "../../schedule/times/firings";

const minuteMilliseconds = 60_000;

/**
 * Notes on what is special about this schedule under this cron, one sentence each: starts at other times than `explain`
 * says, which no crontab line can prevent, and missing starts that the user may expect.
 */
export function cronNotes(schedule: Schedule, cron: CronFacts, clock: Required<Clock>): string[] {
  if (schedule.kind === "reboot") return rebootNotes(cron);
  if (cron.clockChanges !== "wall once" || !runsInRepeatedHour(schedule, clock)) return [];
  return [`${cron.label} starts nothing during the hour that the clocks of ${clock.hostTimezone} repeat`];
}

function rebootNotes({ label, rebootFlag }: CronFacts): string[] {
  if (rebootFlag === undefined) return [];
  return [
    `${label} runs @reboot once per boot, but not when only the daemon restarts or when a container restarts and keeps ${rebootFlag}`,
  ];
}

function runsInRepeatedHour(schedule: Schedule, clock: Required<Clock>): boolean {
  return knownStretches(clock.hostTimezone).some(({ start, offset, offsetBefore }) => {
    if (offset >= offsetBefore) return false;
    const end = (start + offsetBefore - offset) * minuteMilliseconds;
    for (const time of firingsAfter(schedule, start * minuteMilliseconds - 1, clock)) return time < end;
    return false;
  });
}
