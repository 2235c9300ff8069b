import type { ClockChanges } from "../../host/crons";
import { compile } from "../../schedule/expression/calendar";
import type { CalendarSchedule } from "../../schedule/expression/types";
import { knownStretches } from "../../schedule/times/clockDifferences";
import { clockMatches } from "../../schedule/times/clockMatches";
import { firingsAfter } from "../../schedule/times/firings";

const minuteMilliseconds = 60_000;
/** For this many minutes after a clock change, Debian's cron makes up for starts that the change skipped. */
const longestReplay = 360;

/**
 * Whether a cron other than Debian's deviates from what `explain` says when the zone's clocks change. Lines that begin
 * with `*` follow the wall clock on every cron, except on crons that make up for skipped times of those lines too.
 */
export function isMovedByClocks(
  schedule: CalendarSchedule,
  timezone: string,
  changes: ClockChanges,
): boolean {
  const followsClock = changes === "late" ? schedule.hour.values.length === 24 : compile(schedule).isWild;
  if (followsClock) return false;
  const { skipped, repeated } = clockMatches(schedule, timezone);
  return skipped !== undefined || (repeated !== undefined && changes !== "wall once");
}

/** The times of day at which cron makes up for skipped starts. */
export function timesAfterChanges(schedule: CalendarSchedule, timezone: string): number[] {
  return knownStretches(timezone).flatMap(({ start, offset, offsetBefore }) => {
    if (offset <= offsetBefore) return [];
    const minutes: number[] = [];
    for (const time of firingsAfter(schedule, (start - 1) * minuteMilliseconds, { timezone })) {
      const minute = Math.floor(time / minuteMilliseconds);
      if (minute >= start + longestReplay) break;
      minutes.push((((minute + offset) % 1440) + 1440) % 1440);
    }
    return minutes;
  });
}
