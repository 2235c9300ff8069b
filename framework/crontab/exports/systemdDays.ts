import { monthLength } from "../../schedule/expression/civil";
import type { CalendarSchedule } from "../../schedule/expression/types";

/** A set of days that one OnCalendar line can express. An absent part matches everything. */
export interface DayChoice {
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays?: readonly number[];
  readonly days?: readonly number[];
  /** Days counted from the month's end, where 1 is the last (`~01`). */
  readonly fromEnd?: readonly number[];
}

const allMonths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const workdays = [1, 2, 3, 4, 5];
const saturdayBefore = [5];
const sundayAfter = [1];

/**
 * Alternatives that together match exactly the schedule's days; undefined if systemd cannot express them.
 */
export function dayChoices(schedule: CalendarSchedule): DayChoice[] | undefined {
  const { dayOfMonth, dayOfWeek, month } = schedule;
  const ofMonth = monthDayChoices(schedule);
  const ofWeek = weekDayChoices(schedule);
  if (ofMonth === undefined) return undefined;
  const isBoth = dayOfMonth.star || dayOfWeek.star;
  const choices = isBoth ? pairs(ofMonth, ofWeek) : simplest([...ofMonth, ...ofWeek]);
  return choices
    ?.map((choice) => ({ ...choice, months: common(choice.months, month.values) }))
    .filter((choice) => choice.months.length > 0);
}

function monthDayChoices({ dayOfMonth, month }: CalendarSchedule): DayChoice[] | undefined {
  const { values, last, lastWorkday, nearWorkday } = dayOfMonth;
  if (values.length === 31) return [{ months: allMonths }];
  const choices: DayChoice[] = values.length > 0 ? [{ months: allMonths, days: values }] : [];
  if (last) choices.push({ months: allMonths, fromEnd: [1] });
  if (lastWorkday) {
    choices.push({ months: allMonths, weekdays: workdays, fromEnd: [1] });
    choices.push({ months: allMonths, weekdays: saturdayBefore, fromEnd: [2, 3] });
  }
  for (const day of nearWorkday) {
    // In February, the weekday nearest to such a day depends on whether it is a leap year.
    if (day >= 28 && month.values.includes(2)) return undefined;
    choices.push(...nearestWorkday(day));
  }
  return choices;
}

/**
 * The day itself, the Friday before if it is a Saturday, or the Monday after if it is a Sunday, but never in another
 * month.
 */
function nearestWorkday(day: number): DayChoice[] {
  const months = allMonths.filter((month) => monthLength(2001, month) >= day || (month === 2 && day <= 28));
  const isEnd = (month: number) => monthLength(2001, month) === day;
  const ending = months.filter((month) => month !== 2 && isEnd(month));
  const going = months.filter((month) => month === 2 || !isEnd(month));
  return [
    { months, weekdays: workdays, days: [day] },
    day > 1
      ? { months, weekdays: saturdayBefore, days: [day - 1] }
      : { months, weekdays: sundayAfter, days: [3] },
    { months: going, weekdays: sundayAfter, days: [day + 1] },
    { months: ending, weekdays: saturdayBefore, days: [day - 2] },
  ];
}

function weekDayChoices({ dayOfWeek }: CalendarSchedule): DayChoice[] {
  const { values, nth, last } = dayOfWeek;
  if (values.length === 7) return [{ months: allMonths }];
  const choices: DayChoice[] = values.length > 0 ? [{ months: allMonths, weekdays: values }] : [];
  for (const { day, n } of nth) {
    const days = [1, 2, 3, 4, 5, 6, 7].map((index) => 7 * (n - 1) + index).filter((each) => each <= 31);
    choices.push({ months: allMonths, weekdays: [day], days });
  }
  for (const day of last) {
    choices.push({ months: allMonths, weekdays: [day], fromEnd: [1, 2, 3, 4, 5, 6, 7] });
  }
  return choices;
}

/** If one alternative matches any day, the others are redundant. */
function simplest(choices: DayChoice[]): DayChoice[] {
  const open = choices.find(({ weekdays, days, fromEnd }) => !weekdays && !days && !fromEnd);
  return open ? [open] : choices;
}

function pairs(ones: readonly DayChoice[], others: readonly DayChoice[]): DayChoice[] | undefined {
  const choices: DayChoice[] = [];
  for (const one of ones) {
    for (const other of others) {
      const days = both(one.days, other.days);
      const fromEnd = both(one.fromEnd, other.fromEnd);
      // An OnCalendar line cannot count from both ends of the month.
      if (days && fromEnd) return undefined;
      const weekdays = both(one.weekdays, other.weekdays);
      const months = common(one.months, other.months);
      choices.push({
        months,
        ...(weekdays && { weekdays }),
        ...(days && { days }),
        ...(fromEnd && { fromEnd }),
      });
    }
  }
  return choices.filter(({ weekdays, days, fromEnd }) =>
    [weekdays, days, fromEnd].every((part) => part === undefined || part.length > 0),
  );
}

function both(one: readonly number[] | undefined, other: readonly number[] | undefined) {
  return one && other ? common(one, other) : (one ?? other);
}

function common(one: readonly number[], other: readonly number[]): number[] {
  return one.filter((value) => other.includes(value));
}
