import { compile } from "../expression/calendar";
import type { CalendarSchedule, IntervalSchedule, Schedule } from "../expression/types";
import { firstCivilMinute } from "./civilFirings";
import { longestCatchUp, replayAfterJump } from "./daemon";
import { isSameTimezone } from "./timezoneNames";
import { type Stretch, stretchesFrom } from "./timezones";

/** The time zones that decide when a schedule fires: its own and the host's. */
export interface Clock {
  readonly timezone: string;
  /**
   * The host's time zone (default: the same as `timezone`). If the two differ, laju decides when the command starts,
   * not cron.
   */
  readonly hostTimezone?: string;
}

const minuteMilliseconds = 60_000;
const lastDate = 8.64e15;

/**
 * The next `count` starts strictly after `from`. In the host's own time zone they match Debian's cron, including clock
 * changes. In another zone, a skipped time runs once, right after the gap, and a repeated time runs once. Schedules
 * whose minute or hour begins with `*` follow the wall clock instead.
 */
export function nextFirings(schedule: Schedule, options: Clock & { from: Date; count: number }): Date[] {
  const { from, count } = options;
  const firings: Date[] = [];
  if (count <= 0) return firings;
  for (const time of firingsAfter(schedule, from.getTime(), options)) {
    if (time > lastDate) break;
    firings.push(new Date(time));
    if (firings.length >= count) break;
  }
  return firings;
}

/** Whether the schedule fires in this minute, or in this second if it has seconds. */
export function fires(schedule: Schedule, at: Date, clock: Clock): boolean {
  const hasSeconds = schedule.kind === "calendar" && schedule.second.values.some((second) => second !== 0);
  const unit = hasSeconds ? 1000 : minuteMilliseconds;
  const instant = Math.floor(at.getTime() / unit) * unit;
  return nextFirings(schedule, { ...clock, from: new Date(instant - 1), count: 1 })[0]?.getTime() === instant;
}

/**
 * How late a start can be and still belong to its scheduled time, in milliseconds: cron makes up for up to four missed
 * minutes.
 */
export const lateStart = 5 * minuteMilliseconds;

/** The latest start at or before `at`, at most `within` milliseconds earlier. */
export function latestFiring(
  schedule: Schedule,
  options: Clock & { at: Date; within: number },
): Date | undefined {
  const until = options.at.getTime();
  let latest: number | undefined;
  for (const time of firingsAfter(schedule, until - options.within - 1, options)) {
    if (time > until) break;
    latest = time;
  }
  return latest === undefined ? undefined : new Date(latest);
}

/** All starts after `from` in milliseconds since the epoch, ascending and endless. */
export function firingsAfter(schedule: Schedule, from: number, clock: Clock): Iterable<number> {
  if (!(Math.abs(from) <= lastDate)) throw new RangeError(`not a time: ${from}`);
  if (schedule.kind === "reboot") return [];
  if (schedule.kind === "interval") return intervals(schedule, from);
  return withSeconds(schedule, from, clock);
}

function* intervals({ minutes }: IntervalSchedule, from: number): Generator<number> {
  const period = minutes * minuteMilliseconds;
  for (let slot = Math.floor(from / period) + 1; slot * period <= lastDate; slot++) yield slot * period;
}

function* withSeconds(schedule: CalendarSchedule, from: number, clock: Clock): Generator<number> {
  const fromMinute = Math.floor(from / minuteMilliseconds);
  for (const minute of minutesFrom(schedule, fromMinute, clock)) {
    for (const second of schedule.second.values) {
      const time = minute * minuteMilliseconds + second * 1000;
      if (time > from) yield time;
    }
  }
}

/** The minutes at or after `from` in which the schedule starts, without duplicates. */
function* minutesFrom(schedule: CalendarSchedule, from: number, clock: Clock): Generator<number> {
  const isForeign = clock.hostTimezone !== undefined && !isSameTimezone(clock.timezone, clock.hostTimezone);
  // At `from`, cron may still be starting what it missed in an earlier clock change.
  const earliest = from - 2 * longestCatchUp;
  let last = from - 1;
  for (const stretch of stretchesFrom(clock.timezone, earliest)) {
    const beginning = isForeign ? startForeign(schedule, stretch) : startOnHost(schedule, stretch);
    for (const minute of beginning.runs) {
      if (minute <= last) continue;
      last = minute;
      yield minute;
    }
    // Start after `last` too: the runs of a replay can spill into the first minutes of the stretch.
    let civil = Math.max(beginning.civil, last + 1 + stretch.offset);
    for (;;) {
      const next = firstCivilMinute(schedule, civil);
      if (next === undefined || next * minuteMilliseconds > lastDate * 2) return;
      const minute = next - stretch.offset;
      if (minute >= stretch.end) break;
      last = minute;
      yield minute;
      civil = next + 1;
    }
  }
}

/**
 * The runs at the start of a stretch (a period with one UTC offset), and the wall-clock minute from which on the
 * schedule's fields alone determine the runs.
 */
interface Beginning {
  readonly runs: readonly number[];
  readonly civil: number;
}

function startOnHost(schedule: CalendarSchedule, stretch: Stretch): Beginning {
  const { start, offset, offsetBefore } = stretch;
  const civil = start + offset;
  const ahead = offset - offsetBefore;
  if (ahead === 0 || ahead >= longestCatchUp || ahead < -longestCatchUp) return { runs: [], civil };
  const doneUntil = start + offsetBefore - 1;
  if (ahead < 0) return { runs: [], civil: compile(schedule).isWild ? civil : doneUntil + 1 };
  const skipped = firstCivilMinute(schedule, doneUntil + 1);
  if (skipped === undefined || skipped > civil) return { runs: [], civil: civil + 1 };
  const replay = replayAfterJump(schedule, { at: start, offset, doneUntil });
  return { runs: replay.runs, civil: replay.doneUntil + 1 };
}

function startForeign(schedule: CalendarSchedule, stretch: Stretch): Beginning {
  const { start, offset, offsetBefore } = stretch;
  const civil = start + offset;
  if (offset === offsetBefore || compile(schedule).isWild) return { runs: [], civil };
  const expected = start + offsetBefore;
  if (civil <= expected) return { runs: [], civil: expected };
  const skipped = firstCivilMinute(schedule, expected);
  const isDue = skipped !== undefined && skipped <= civil;
  return { runs: isDue ? [start] : [], civil: civil + 1 };
}
