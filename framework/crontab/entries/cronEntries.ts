import { type CronFacts, cronFacts } from "../../host/crons";
import { compile } from "../../schedule/expression/calendar";
import { entryId } from "../../schedule/expression/entryId";
import { fieldSpecs } from "../../schedule/expression/fieldSpecs";
import { calendarFields, compressed, hasCalendarForms, renderField } from "../../schedule/expression/render";
import type { CalendarSchedule, IntervalSchedule, Schedule } from "../../schedule/expression/types";
import { gapsOf, minuteShifts } from "../../schedule/times/clockDifferences";
import { isSameTimezone } from "../../schedule/times/timezoneNames";
import { coarseDays, dayTests } from "./dayGuard";
import { date, fitted, guardText, joinedTests, remainder, type ShellTest, sleep } from "./guards";
import { isMovedByClocks, timesAfterChanges } from "./movedTimes";
import { neutralFields } from "./neutralFields";
import { isBeforeMidnight, pastMidnight, timeTests } from "./timeGuard";

/** A schedule's line in a crontab, without the command. */
export interface CronEntry {
  /** Five fields, or @reboot, exactly as cron expects them. */
  readonly fields: string;
  /**
   * The beginning of a shell check, `case … in PATTERN)`. The command follows, then ` ;; esac`. Each % still has to be
   * escaped.
   */
  readonly guard?: string;
  /** A shell command that waits for the second within the minute; must be followed by `;`. */
  readonly delay?: string;
  /** The second of the minute at which the command starts. */
  readonly second: number;
  /** Identifies the schedule and its zone, in letters and digits only: the value of LAJU_ENTRY. */
  readonly id: string;
  /**
   * Whether cron starts the command more often than the schedule asks for, so that the command itself must check the time.
   */
  readonly isCoarse: boolean;
}

export interface EntryOptions {
  /** The schedule's time zone (default: the host's). */
  readonly timezone?: string;
  readonly hostTimezone: string;
  /** Whether `hostTimezone` comes from TZ in the daemon's environment. Otherwise, guards use the system's time zone. */
  readonly isDaemonsOwn?: boolean | undefined;
  /** Set for lines whose command does not check the time itself: the guard must let only scheduled times pass. */
  readonly portable?: boolean;
  /** The cron that reads the line (default: Debian's). */
  readonly cron?: CronFacts | undefined;
}

/** The crontab lines that start a command on schedule: one for each second of the minute that the schedule names. */
export function cronEntries(schedule: Schedule, options: EntryOptions): CronEntry[] {
  const { hostTimezone, timezone = hostTimezone } = options;
  const id = entryId(schedule, options.timezone);
  if (schedule.kind === "reboot") return [{ fields: "@reboot", second: 0, id, isCoarse: false }];
  if (schedule.kind === "interval") return [{ ...intervalLine(schedule, options), second: 0, id }];
  const isForeign = !isSameTimezone(timezone, hostTimezone);
  const line = isForeign ? foreignLine(schedule, { ...options, timezone }) : hostLine(schedule, options);
  return schedule.second.values.map((second) => ({
    ...line,
    ...(second > 0 && { delay: delayUntil(second) }),
    second,
    id,
  }));
}

/** cron starts lines at second 1. The `1` before the seconds keeps dash from reading 08 as an invalid octal number. */
function delayUntil(second: number): string {
  return `${sleep} "$(( ${second + 100} - 1$(${date} +%S) ))" 2>/dev/null`;
}

/** A schedule's line, before it is repeated for each second that the schedule names. */
type Line = Pick<CronEntry, "fields" | "guard" | "isCoarse">;

function lineOf(fields: string, tests: readonly ShellTest[], isCoarse = tests.length > 0): Line {
  const guard = guardText(tests);
  return { fields, ...(guard !== undefined && { guard }), isCoarse };
}

/** A line in the host's own zone: cron's fields, and a guard for days that the fields cannot express. */
function hostLine(schedule: CalendarSchedule, options: EntryOptions): Line {
  if (isMoved(schedule, options)) return movedLine(schedule, options);
  const timezone = options.isDaemonsOwn ? options.hostTimezone : undefined;
  const isNeutral = isNeutralLine(options);
  if (schedule.cycle) return lineOf(calendarFields(schedule), dayTests(schedule, { timezone, isNeutral }));
  const fields = isNeutral ? neutralFields(schedule) : plainFields(schedule);
  return fields === undefined ? dayGuardedLine(schedule, options, timezone) : lineOf(fields, []);
}

function plainFields(schedule: CalendarSchedule): string | undefined {
  return hasCalendarForms(schedule) ? undefined : calendarFields(schedule);
}

/** Whether the line must mean the same to every cron, which is safest for crons not derived from Vixie's. */
function isNeutralLine({ cron = cronFacts("debian") }: EntryOptions): boolean {
  return !cron.isVixie;
}

/** Lists every day of the month that can match in cron's day field, and adds a guard that checks the actual date. */
function dayGuardedLine(
  schedule: CalendarSchedule,
  options: EntryOptions,
  timezone: string | undefined,
): Line {
  const days = coarseDays(schedule);
  const months = new Set(schedule.month.values);
  const fields = [
    renderField(fieldSpecs.minute, schedule.minute),
    renderField(fieldSpecs.hour, schedule.hour),
    days.length === 31 ? "*" : compressed(days),
    renderField(fieldSpecs.month, schedule.month),
    "*",
  ].join(" ");
  const isPossible = (day: number, month: number) => days.includes(day) && months.has(month);
  const tests = dayTests(schedule, { timezone, filter: isPossible, isNeutral: isNeutralLine(options) });
  const isLate = !options.portable && isBeforeMidnight(compile(schedule).times);
  return lineOf(fields, fitted(schedule, options, isLate ? pastMidnight(tests, timezone) : tests), true);
}

/** Whether this cron would miss or repeat a start when the clocks change in the host's zone. */
function isMoved(schedule: CalendarSchedule, { cron, hostTimezone, portable }: EntryOptions): boolean {
  const changes = cron?.clockChanges ?? "vixie";
  return changes !== "vixie" && !portable && isMovedByClocks(schedule, hostTimezone, changes);
}

/**
 * Makes cron run the line every hour, as it does for schedules in another time zone. The command then decides whether
 * it is due, so clock changes are handled correctly.
 */
function movedLine(schedule: CalendarSchedule, options: EntryOptions): Line {
  const { hostTimezone, isDaemonsOwn } = options;
  const { times } = compile(schedule);
  const all = unique([...times, ...timesAfterChanges(schedule, hostTimezone)]);
  return wildLine(schedule, options, {
    times: all,
    shifts: [0],
    timezone: isDaemonsOwn ? hostTimezone : undefined,
  });
}

/** A line for a time zone other than the host's. */
function foreignLine(schedule: CalendarSchedule, options: EntryOptions & { timezone: string }): Line {
  const { timezone, hostTimezone, portable } = options;
  const { times, isWild } = compile(schedule);
  const all = isWild || portable ? times : [...new Set([...times, ...timesAfterGaps(times, timezone)])];
  return wildLine(schedule, options, { times: all, shifts: minuteShifts(timezone, hostTimezone), timezone });
}

interface WildLineTimes {
  /** The times of day at which the guard passes, in minutes since midnight. */
  readonly times: readonly number[];
  /** The possible differences between the host's clock and the zone's, in minutes. */
  readonly shifts: readonly number[];
  /** The zone whose clock the guard reads (default: the system's). */
  readonly timezone: string | undefined;
}

/**
 * A line that cron starts every hour, at each minute that the schedule could match, with a guard that checks the zone's
 * clock. The hour is `*`, so that cron neither makes up for starts nor suppresses them when the host's own clock
 * changes.
 */
function wildLine(
  schedule: CalendarSchedule,
  options: EntryOptions,
  { times, shifts, timezone }: WildLineTimes,
): Line {
  const { portable } = options;
  const isNeutral = isNeutralLine(options);
  const minutes = unique(times.flatMap((time) => shifts.map((shift) => (time + shift) % 60)));
  const seen = unique(minutes.flatMap((minute) => shifts.map((shift) => (minute - shift + 60) % 60)));
  const timesOfDay = timeTests(times, seen, { timezone, portable });
  const isLate = !portable && isBeforeMidnight(times);
  const plainDays = dayTests(schedule, { timezone, isNeutral });
  const days = isLate ? pastMidnight(plainDays, timezone) : plainDays;
  const join = isLate ? inTurn : joinedTests;
  const tests = join(fitted(schedule, options, timesOfDay), fitted(schedule, options, days));
  const isCoarse = timesOfDay.length + days.length > 0 || !compile(schedule).isWild;
  return lineOf(`${minuteField(minutes)} * * * *`, tests, isCoarse);
}

function inTurn(times: readonly ShellTest[], days: readonly ShellTest[]): ShellTest[] {
  return [...times, ...days];
}

/** Skipped times run in the first minute after the gap. */
function timesAfterGaps(times: readonly number[], timezone: string): number[] {
  return gapsOf(timezone).flatMap(({ from, to }) => {
    const isHit = times.some((time) => (time - from + 1440) % 1440 < to - from);
    return isHit ? [to % 1440] : [];
  });
}

/** A line whose guard passes if the number of minutes since the epoch is a multiple of the interval. */
function intervalLine({ minutes }: IntervalSchedule, options: EntryOptions): Line {
  const { hostTimezone } = options;
  const divisor = greatestCommonDivisor(minutes, 60);
  const shifts = minuteShifts("UTC", hostTimezone);
  const wanted = Array.from({ length: 60 / divisor }, (_, index) => index * divisor);
  const starts = unique(wanted.flatMap((minute) => shifts.map((shift) => (minute + shift) % 60)));
  const seen = starts.flatMap((minute) => shifts.map((shift) => (minute - shift + 60) % 60));
  const grid = seen.reduce(greatestCommonDivisor, divisor);
  const word = remainder(`$(${date} +%s) / ${grid * 60}`, minutes / grid, isNeutralLine(options));
  return lineOf(`${minuteField(starts)} * * * *`, [{ word, patterns: ["0"] }]);
}

function minuteField(minutes: readonly number[]): string {
  return renderField(fieldSpecs.minute, { values: minutes, star: isStarStep(minutes) });
}

/** Whether the minutes can be written as a step such as `*` + `/15`, which reads better than `0-59/15`. */
function isStarStep(minutes: readonly number[]): boolean {
  const step = 60 / minutes.length;
  return step < 60 && minutes.every((minute, index) => minute === index * step);
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
