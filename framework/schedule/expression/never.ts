import { compile, isEveryDay } from "./calendar";
import { possibleLengths } from "./civil";
import { monthNames } from "./fieldSpecs";
import { Misspelling, shown } from "./problems";
import { renderSchedule } from "./render";
import type { CalendarSchedule } from "./types";

/**
 * Whether any day of any year matches. Checks each month for every weekday on which it can begin and every length it
 * can have.
 */
export function isPossible(schedule: CalendarSchedule): boolean {
  if (isEveryDay(schedule)) return true;
  const { daysOf } = compile(schedule);
  return schedule.month.values.some((month) => {
    return possibleLengths(month).some((length) =>
      weekdays.some((first) => daysOf(month, length, first) !== 0),
    );
  });
}

const weekdays = [0, 1, 2, 3, 4, 5, 6];

export function neverFiresError(text: string, schedule: CalendarSchedule): Misspelling {
  const day = [...text.matchAll(/[^ \t]+/g)].at(-3);
  const found = day?.[0] ?? text;
  return new Misspelling(
    `schedule ${shown(text)} never fires: ${reason(schedule)}`,
    {
      field: "day-of-month",
      offset: day?.index ?? 0,
      length: found.length,
      found,
      allowed: "a day in the chosen months",
    },
    [
      renderSchedule({ ...schedule, dayOfMonth: lastDayOnly }),
      renderSchedule({ ...schedule, dayOfMonth: anyDay }),
    ],
  );
}

const lastDayOnly = { values: [], star: false, last: true, lastWorkday: false, nearWorkday: [] };
const anyDay = {
  values: Array.from({ length: 31 }, (_, index) => index + 1),
  star: true,
  last: false,
  lastWorkday: false,
  nearWorkday: [],
};

function reason({ dayOfMonth, month }: CalendarSchedule): string {
  const days = [...dayOfMonth.values, ...dayOfMonth.nearWorkday];
  const months = month.values.map((number) => capitalized(monthNames[number - 1]));
  const top = Math.max(...month.values.map((number) => possibleLengths(number).at(-1) ?? 0));
  const isTooLate = !dayOfMonth.last && !dayOfMonth.lastWorkday && days.every((day) => day > top);
  if (!isTooLate) return "no day matches both the day of the month and the weekday";
  return `${listed(months, "and")} ${months.length > 1 ? "have" : "has"} no day ${listed(days.map(String), "or")}`;
}

function capitalized(word: string): string {
  return word[0].toUpperCase() + word.slice(1);
}

function listed(words: readonly string[], conjunction: string): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1)}`;
}
