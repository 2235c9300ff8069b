import { compile } from "../../schedule/expression/calendar";
import { entryId } from "../../schedule/expression/entryId";
import { fieldSpecs } from "../../schedule/expression/fieldSpecs";
import { calendarFields, compressed, hasCalendarForms, renderField } from "../../schedule/expression/render";
import type { CalendarSchedule, IntervalSchedule, Schedule } from "../../schedule/expression/types";
import { gapsOf, minuteShifts } from "../../schedule/times/clockDifferences";
import { isSameTimezone } from "../../schedule/times/timezoneNames";
import { coarseDays, dayTests } from "./dayGuard";
import { date, fitted, guardText, joinedTests, type ShellTest, sleep } from "./guards";
import { isBeforeMidnight, pastMidnight, timeTests } from "./timeGuard";

/** One line of a crontab, but for the command. */
export interface CronEntry {
  /** Five fields, or @reboot, exactly as cron has them. */
  readonly fields: string;
  /** `case … in PATTERN)`; the command follows, then ` ;; esac`. Any % is still to be escaped. */
  readonly guard?: string;
  /** A shell command that waits for the second within the minute; to be followed by `;`. */
  readonly delay?: string;
  /** The second of the minute at which it starts. */
  readonly second: number;
  /** Names the schedule and its zone, in letters and digits only: what LAJU_ENTRY is set to. */
  readonly id: string;
  /**
   * Whether the line may start the command at other moments than the schedule's, so that the command has to
   * look for itself. False: cron alone is exact.
   */
  readonly isCoarse: boolean;
}

export interface EntryOptions {
  /** The zone of the schedule; the host's if absent. */
  readonly timezone?: string;
  readonly hostTimezone: string;
  /** Whether that is the daemon's own zone (TZ in its environment) and not the system's, which guards see otherwise. */
  readonly isDaemonsOwn?: boolean | undefined;
  /** For lines without a command that decides: nothing but the schedule's own times may pass. */
  readonly portable?: boolean;
}

/** The crontab lines that start a command at its schedule's times, on a host in this zone. */
export function cronEntries(schedule: Schedule, options: EntryOptions): CronEntry[] {
  const { hostTimezone, timezone = hostTimezone } = options;
  const id = entryId(schedule, options.timezone);
  if (schedule.kind === "reboot") return [{ fields: "@reboot", second: 0, id, isCoarse: false }];
  if (schedule.kind === "interval") return [{ ...intervalLine(schedule, hostTimezone), second: 0, id }];
  const isForeign = !isSameTimezone(timezone, hostTimezone);
  const line = isForeign ? foreignLine(schedule, { ...options, timezone }) : hostLine(schedule, options);
  return schedule.second.values.map((second) => ({
    ...line,
    ...(second > 0 && { delay: delayUntil(second) }),
    second,
    id,
  }));
}

/** cron starts lines at second 1; `1$(date +%S)` is the second plus 100, since dash reads 08 as octal. */
function delayUntil(second: number): string {
  return `${sleep} "$(( ${second + 100} - 1$(${date} +%S) ))" 2>/dev/null`;
}

/** What a schedule comes to on a host, whatever its seconds. */
type Line = Pick<CronEntry, "fields" | "guard" | "isCoarse">;

function lineOf(fields: string, tests: readonly ShellTest[], isCoarse = tests.length > 0): Line {
  const guard = guardText(tests);
  return { fields, ...(guard !== undefined && { guard }), isCoarse };
}

/** cron's own fields, and a guard for the days that they cannot name. */
function hostLine(schedule: CalendarSchedule, options: EntryOptions): Line {
  const zone = options.isDaemonsOwn ? options.hostTimezone : undefined;
  if (schedule.cycle) return lineOf(calendarFields(schedule), dayTests(schedule, zone));
  if (!hasCalendarForms(schedule)) return lineOf(calendarFields(schedule), []);
  const days = coarseDays(schedule);
  const months = new Set(schedule.month.values);
  const fields = [
    renderField(fieldSpecs.minute, schedule.minute),
    renderField(fieldSpecs.hour, schedule.hour),
    days.length === 31 ? "*" : compressed(days),
    renderField(fieldSpecs.month, schedule.month),
    "*",
  ].join(" ");
  const isSifted = (day: number, month: number) => days.includes(day) && months.has(month);
  const tests = dayTests(schedule, zone, isSifted);
  const isLate = !options.portable && isBeforeMidnight(compile(schedule).times);
  return lineOf(fields, fitted(schedule, options, isLate ? pastMidnight(tests, zone) : tests), true);
}

/**
 * Every hour at the minutes that may be the zone's, and a guard that looks at the zone's clock. The hour is
 * `*` so that cron neither replays nor suppresses the line when the host's own clock changes.
 */
function foreignLine(schedule: CalendarSchedule, options: EntryOptions & { timezone: string }): Line {
  const { timezone, hostTimezone, portable } = options;
  const { times, isWild } = compile(schedule);
  const all = isWild || portable ? times : [...new Set([...times, ...timesAfterGaps(times, timezone)])];
  const shifts = minuteShifts(timezone, hostTimezone);
  const minutes = unique(all.flatMap((time) => shifts.map((shift) => (time + shift) % 60)));
  const seen = unique(minutes.flatMap((minute) => shifts.map((shift) => (minute - shift + 60) % 60)));
  const timesOfDay = timeTests(all, seen, { timezone, portable });
  const isLate = !portable && isBeforeMidnight(all);
  const days = isLate ? pastMidnight(dayTests(schedule, timezone), timezone) : dayTests(schedule, timezone);
  const join = isLate ? inTurn : joinedTests;
  const tests = join(fitted(schedule, options, timesOfDay), fitted(schedule, options, days));
  const isCoarse = timesOfDay.length + days.length > 0 || !isWild;
  return lineOf(`${minuteField(minutes)} * * * *`, tests, isCoarse);
}

function inTurn(times: readonly ShellTest[], days: readonly ShellTest[]): ShellTest[] {
  return [...times, ...days];
}

/** Where a skipped time runs instead: the first minute that exists again. */
function timesAfterGaps(times: readonly number[], timezone: string): number[] {
  return gapsOf(timezone).flatMap(({ from, to }) => {
    const isHit = times.some((time) => (time - from + 1440) % 1440 < to - from);
    return isHit ? [to % 1440] : [];
  });
}

/** Minutes since the epoch, rounded down to where cron starts the line, must divide by the interval. */
function intervalLine({ minutes }: IntervalSchedule, hostTimezone: string): Line {
  const divisor = greatestCommonDivisor(minutes, 60);
  const shifts = minuteShifts("UTC", hostTimezone);
  const wanted = Array.from({ length: 60 / divisor }, (_, index) => index * divisor);
  const starts = unique(wanted.flatMap((minute) => shifts.map((shift) => (minute + shift) % 60)));
  const seen = starts.flatMap((minute) => shifts.map((shift) => (minute - shift + 60) % 60));
  const grid = seen.reduce(greatestCommonDivisor, divisor);
  const word = `$(( $(${date} +%s) / ${grid * 60} % ${minutes / grid} ))`;
  return lineOf(`${minuteField(starts)} * * * *`, [{ word, patterns: ["0"] }]);
}

function minuteField(minutes: readonly number[]): string {
  return renderField(fieldSpecs.minute, { values: minutes, star: isStarStep(minutes) });
}

/** The hour is `*` already, so a `*` here changes nothing but reads better than `0-59/15`. */
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
