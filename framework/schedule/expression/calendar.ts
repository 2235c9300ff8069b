import type { CalendarSchedule } from "./types";

/**
 * A calendar schedule compiled to bit masks: bit d-1 of a day mask represents day d of a month. All times are civil
 * minutes, that is, minutes since 1970-01-01 00:00 on the wall clock, regardless of time zone.
 */
export interface Compiled {
  /** Minutes of the day, ascending. */
  readonly times: readonly number[];
  /**
   * Whether the minute or hour field begins with `*`. During clock changes, cron then treats the schedule as a
   * wildcard.
   */
  readonly isWild: boolean;
  /** The mask of matching days in a month (1-12) of this length (28-31) whose first day is this weekday (0-6). */
  daysOf(month: number, length: number, firstWeekday: number): number;
  readonly cycle: CalendarSchedule["cycle"];
}

const cache = new WeakMap<CalendarSchedule, Compiled>();

export function compile(schedule: CalendarSchedule): Compiled {
  let compiled = cache.get(schedule);
  if (!compiled) {
    compiled = compileNow(schedule);
    cache.set(schedule, compiled);
  }
  return compiled;
}

function compileNow(schedule: CalendarSchedule): Compiled {
  const { minute, hour, month, dayOfMonth, dayOfWeek, cycle } = schedule;
  const times = hour.values.flatMap((h) => minute.values.map((m) => h * 60 + m));
  const months = maskOf(month.values, 0);
  const isBoth = dayOfMonth.star || dayOfWeek.star;
  const isDaily = isEveryDay(schedule);
  const daysOf = (number: number, length: number, first: number) => {
    if (!(months & (1 << number))) return 0;
    if (isDaily) return lengthMask(length);
    const inMonth = monthDayMask(schedule, length, first);
    const inWeek = weekDayMask(schedule, length, first);
    return (isBoth ? inMonth & inWeek : inMonth | inWeek) & lengthMask(length);
  };
  return { times, isWild: minute.star || hour.star, daysOf, cycle };
}

/** Whether both day fields match every day. In this usual case, there is no need to compute masks. */
export function isEveryDay({ dayOfMonth, dayOfWeek }: CalendarSchedule): boolean {
  return dayOfMonth.values.length === 31 && dayOfWeek.values.length === 7;
}

function maskOf(values: readonly number[], lowest: number): number {
  return values.reduce((mask, value) => mask | (1 << (value - lowest)), 0);
}

function lengthMask(length: number): number {
  return length === 31 ? 0x7fffffff : (1 << length) - 1;
}

function monthDayMask({ dayOfMonth }: CalendarSchedule, length: number, first: number): number {
  let mask = maskOf(dayOfMonth.values, 1);
  if (dayOfMonth.last) mask |= 1 << (length - 1);
  if (dayOfMonth.lastWorkday) mask |= 1 << (nearestWorkday(length, length, first) - 1);
  for (const day of dayOfMonth.nearWorkday) {
    if (day <= length) mask |= 1 << (nearestWorkday(day, length, first) - 1);
  }
  return mask;
}

/**
 * The day itself if it is a weekday, the Friday before a Saturday, or the Monday after a Sunday. If that Friday or
 * Monday is in another month, the nearest weekday in the other direction.
 */
function nearestWorkday(day: number, length: number, first: number): number {
  const weekday = (first + day - 1) % 7;
  if (weekday === 6) return day > 1 ? day - 1 : day + 2;
  if (weekday === 0) return day < length ? day + 1 : day - 2;
  return day;
}

// The mask of days 1, 8, 15, 22 and 29.
const everySeventhDay = 0x10204081;

function weekDayMask({ dayOfWeek }: CalendarSchedule, length: number, first: number): number {
  let mask = 0;
  for (const weekday of dayOfWeek.values) mask |= everySeventhDay << ((weekday - first + 7) % 7);
  for (const { day, n } of dayOfWeek.nth) {
    const index = ((day - first + 7) % 7) + 7 * (n - 1);
    // Shifting by 32 or more would wrap around to the first days of the month.
    if (index < length) mask |= 1 << index;
  }
  for (const weekday of dayOfWeek.last) {
    const lastWeekday = (first + length - 1) % 7;
    mask |= 1 << (length - 1 - ((lastWeekday - weekday + 7) % 7));
  }
  return mask;
}
