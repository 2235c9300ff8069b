import { type Compiled, compile } from "../expression/calendar";
import { civilDate, monthLength, weekdayOf } from "../expression/civil";
import type { CalendarSchedule } from "../expression/types";

const dayMinutes = 1440;
// The number of months to search. The calendar repeats every 400 years, so a schedule that matches no day in 400 years
// never matches.
const monthsSearched = 4801;

/** The first wall-clock minute at or after `at` that matches the schedule's fields; undefined if there is none. */
export function firstCivilMinute(schedule: CalendarSchedule, at: number): number | undefined {
  const compiled = compile(schedule);
  const { times } = compiled;
  const today = Math.floor(at / dayMinutes);
  let day = firstDay(compiled, today);
  if (day === today) {
    const time = times[lowerBound(times, at - today * dayMinutes)];
    if (time !== undefined) return today * dayMinutes + time;
    day = firstDay(compiled, today + 1);
  }
  return day === undefined ? undefined : day * dayMinutes + times[0];
}

function firstDay({ daysOf, cycle }: Compiled, from: number): number | undefined {
  if (cycle) return from + modulo(-(from + cycle.shift), cycle.days);
  let { year, month, day } = civilDate(from);
  let firstOfMonth = from - day + 1;
  for (let searched = 0; searched < monthsSearched; searched++) {
    const length = monthLength(year, month);
    const mask = (daysOf(month, length, weekdayOf(firstOfMonth)) >>> (day - 1)) << (day - 1);
    if (mask !== 0) return firstOfMonth + 31 - Math.clz32(mask & -mask);
    firstOfMonth += length;
    day = 1;
    if (++month > 12) {
      month = 1;
      year++;
    }
  }
  return undefined;
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
