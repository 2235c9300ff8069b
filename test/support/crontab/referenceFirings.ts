import type { CalendarSchedule } from "../../../framework/schedule/expression/types";

/** A minute, as a clock on the wall shows it. */
interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/**
 * The minutes in which a schedule with a time zone should start, found slowly but simply: asks Intl for the wall-clock
 * time of every minute. Shares no code with laju's schedule engine.
 */
export function referenceFirings(
  schedule: CalendarSchedule,
  timezone: string,
  range: readonly [Date, Date],
  leadMinutes = 1440,
): number[] {
  const isWild = schedule.minute.star || schedule.hour.star;
  const first = range[0].getTime() / 60_000;
  const last = range[1].getTime() / 60_000;
  const wall = wallClock(timezone);
  const firings: number[] = [];
  const seen = new Set<number>();
  // Begin before the range, to know what the clock showed earlier.
  let previous = civilMinute(wall(first - leadMinutes - 1));
  for (let minute = first - leadMinutes; minute < last; minute++) {
    const now = wall(minute);
    const civil = civilMinute(now);
    const skipped = minutesBetween(previous + 1, civil).filter((time) => matches(schedule, wallTimeOf(time)));
    const isDue = isWild
      ? matches(schedule, now)
      : skipped.length > 0 || (matches(schedule, now) && !seen.has(civil));
    if (isDue && minute >= first) firings.push(minute);
    seen.add(civil);
    previous = civil;
  }
  return firings;
}

function minutesBetween(from: number, to: number): number[] {
  return to > from ? Array.from({ length: to - from }, (_, index) => from + index) : [];
}

function civilMinute({ year, month, day, hour, minute }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute) / 60_000;
}

function wallTimeOf(civil: number): WallTime {
  const date = new Date(civil * 60_000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}

const clocks = new Map<string, (minute: number) => WallTime>();

function wallClock(timezone: string): (minute: number) => WallTime {
  const known = clocks.get(timezone);
  if (known) return known;
  const formatter = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const read = (minute: number): WallTime => {
    const [month, day, year, hour, min] = (formatter.format(minute * 60_000).match(/\d+/g) ?? []).map(Number);
    return { year, month, day, hour, minute: min };
  };
  const times = new Map<number, WallTime>();
  const clock = (minute: number): WallTime => {
    const time = times.get(minute) ?? read(minute);
    times.set(minute, time);
    return time;
  };
  clocks.set(timezone, clock);
  return clock;
}

function matches(schedule: CalendarSchedule, time: WallTime): boolean {
  return (
    schedule.minute.values.includes(time.minute) &&
    schedule.hour.values.includes(time.hour) &&
    schedule.month.values.includes(time.month) &&
    matchesDay(schedule, time)
  );
}

function matchesDay(schedule: CalendarSchedule, time: WallTime): boolean {
  const { dayOfMonth, dayOfWeek, cycle } = schedule;
  const days = Date.UTC(time.year, time.month - 1, time.day) / 86_400_000;
  if (cycle && (days + cycle.shift) % cycle.days !== 0) return false;
  const inMonth = isMonthDay(schedule, time);
  const inWeek = isWeekDay(schedule, time);
  return dayOfMonth.star || dayOfWeek.star ? inMonth && inWeek : inMonth || inWeek;
}

function isMonthDay({ dayOfMonth }: CalendarSchedule, { year, month, day }: WallTime): boolean {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (dayOfMonth.values.includes(day) || (dayOfMonth.last && day === length)) return true;
  const wanted = dayOfMonth.nearWorkday.filter((each) => each <= length);
  if (dayOfMonth.lastWorkday) wanted.push(length);
  return wanted.some((each) => nearestWorkday(year, month, each) === day);
}

/** The nearest weekday to a date, within the same month. */
function nearestWorkday(year: number, month: number, day: number): number {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const distances = [0, -1, 1, -2, 2].filter((step) => {
    const weekday = new Date(Date.UTC(year, month - 1, day + step)).getUTCDay();
    return weekday !== 0 && weekday !== 6 && day + step >= 1 && day + step <= length;
  });
  return day + distances[0];
}

function isWeekDay({ dayOfWeek }: CalendarSchedule, { year, month, day }: WallTime): boolean {
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return (
    dayOfWeek.values.includes(weekday) ||
    (dayOfWeek.last.includes(weekday) && day + 7 > length) ||
    dayOfWeek.nth.some((each) => each.day === weekday && each.n === Math.ceil(day / 7))
  );
}
