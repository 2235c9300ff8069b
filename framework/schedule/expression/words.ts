import { parseSchedule } from "./expression";
import { monthNames, weekdayNames } from "./fieldSpecs";
import { rangesOf } from "./render";
import type { CalendarSchedule, Field, Schedule } from "./types";

/** Describes in plain English when a schedule fires, by the daemon's rules. */
export function describeSchedule(schedule: Schedule): string {
  if (schedule.kind === "reboot") return "Once per boot";
  if (schedule.kind === "interval") return `Every ${span(schedule.minutes)}, counted from the epoch`;
  return [timeWords(schedule), dayWords(schedule), monthWords(schedule)].filter(Boolean).join(", ");
}

/** Describes an unparsed schedule of the named command. */
export function scheduleInWords(schedule: string, name: string): string {
  return describeSchedule(parseSchedule(schedule, { name }));
}

function span(minutes: number): string {
  const hours = minutes / 60;
  return Number.isInteger(hours) ? `${hours} hours` : `${minutes} minutes`;
}

function timeWords({ second, minute, hour }: CalendarSchedule): string {
  const isWholeMinute = second.values.length === 1 && second.values[0] === 0;
  const times = clockTimes(minute, hour);
  if (isWholeMinute) return times ? `At ${times}` : minuteWords(minute) + hourWords(minute, hour);
  const isOne = second.values.length === 1;
  if (times && isOne && minute.values.length * hour.values.length === 1) {
    return `At ${times}:${two(second.values[0])}`;
  }
  const seconds = everyOr(second, 60, "second");
  if (times) return `${seconds} of ${times}`;
  if (minute.values.length === 60) return seconds + hourWords(minute, hour);
  const minutes = minuteWords(minute);
  return `${seconds} of ${minutes[0].toLowerCase()}${minutes.slice(1)}${hourWords(minute, hour)}`;
}

/** "08:00 and 20:00" if there are few enough times to list; otherwise undefined. */
function clockTimes(minute: Field, hour: Field): string | undefined {
  if (minute.values.length * hour.values.length > 6 || hour.values.length === 24) return undefined;
  return listed(hour.values.flatMap((h) => minute.values.map((m) => `${two(h)}:${two(m)}`)));
}

function minuteWords(minute: Field): string {
  return everyOr(minute, 60, "minute");
}

/** "Every 15 minutes" if the values are evenly spaced all the way round; otherwise the values themselves. */
function everyOr({ values }: Field, size: number, unit: string): string {
  if (values.length === size) return `Every ${unit}`;
  const step = values.length > 1 ? values[1] - values[0] : size;
  const isEven = values.length * step === size && values.every((value, index) => value === index * step);
  if (isEven && step < size) return `Every ${step} ${unit}s`;
  return `At ${unit}${values.length > 1 ? "s" : ""} ${ranges(values, String)}`;
}

function hourWords(minute: Field, { values }: Field): string {
  const isListed = minuteWords(minute).startsWith("At");
  if (values.length === 24) return isListed ? " of every hour" : "";
  const step = values.length > 1 ? values[1] - values[0] : 0;
  if (step > 1 && values.length * step === 24 && values.every((value, index) => value === index * step)) {
    return isListed ? ` of every ${ordinal(step)} hour` : ` during every ${ordinal(step)} hour, from 00:00`;
  }
  const spans = rangesOf(values);
  if (isListed && spans.every(([from, to]) => from === to))
    return ` past hours ${listed(values.map(String))}`;
  const last = isListed ? Math.max(...minute.values) : 59;
  return ` ${listed(spans.map(([from, to]) => `from ${two(from)}:00 to ${two(to)}:${two(last)}`))}`;
}

/**
 * Describes the days. If either day field begins with `*`, a day must match both fields; otherwise it need match only
 * one.
 */
function dayWords(schedule: CalendarSchedule): string {
  const { dayOfMonth, dayOfWeek, cycle } = schedule;
  if (cycle) return cycle.shift === 0 ? `every ${cycle.days} days` : `Mondays, every ${cycle.days / 7} weeks`;
  const isEveryMonthDay = dayOfMonth.values.length === 31;
  const isEveryWeekday = dayOfWeek.values.length === 7;
  if (!dayOfMonth.star && !dayOfWeek.star) {
    if (isEveryMonthDay || isEveryWeekday) return "";
    return `${monthDayWords(schedule)} of the month, and also ${weekdayWords(schedule, "every ")}`;
  }
  if (isEveryMonthDay) return isEveryWeekday ? "" : weekdayWords(schedule, "");
  const days = `${monthDayWords(schedule)} of the month`;
  return isEveryWeekday ? days : `${days}, but only if it is ${weekdayWords(schedule, "", "or")}`;
}

function monthDayWords({ dayOfMonth }: CalendarSchedule): string {
  const parts: string[] = [];
  const { values, nearWorkday, last, lastWorkday } = dayOfMonth;
  if (values.length > 0) parts.push(`day${values.length > 1 ? "s" : ""} ${ranges(values, String)}`);
  for (const day of nearWorkday) parts.push(`the weekday (Mon-Fri) nearest day ${day}`);
  if (last) parts.push("the last day");
  if (lastWorkday) parts.push("the last weekday (Mon-Fri)");
  return `on ${listed(parts)}`;
}

function weekdayWords({ dayOfWeek }: CalendarSchedule, every: string, conjunction = "and"): string {
  const parts: string[] = [];
  const name = (day: number) => capitalized(weekdayNames[day]);
  const { values, nth, last } = dayOfWeek;
  if (values.length === 7) parts.push("any day");
  else if (values.length > 0) {
    // Start the week on Monday, so that Saturday and Sunday are adjacent.
    const fromMonday = values.map((day) => (day + 6) % 7).sort((a, b) => a - b);
    parts.push(every + ranges(fromMonday, (day) => name((day + 1) % 7), conjunction));
  }
  for (const { day, n } of nth) parts.push(`the ${ordinal(n)} ${name(day)} of the month`);
  for (const day of last) parts.push(`the last ${name(day)} of the month`);
  const words = listed(parts, conjunction);
  const isRange = /^\w+ to \w+$/.test(words);
  return (every === "" && isRange) || conjunction === "or" ? words : `on ${words}`;
}

function monthWords({ month }: CalendarSchedule): string {
  if (month.values.length === 12) return "";
  return `in ${ranges(month.values, (number) => capitalized(monthNames[number - 1]))}`;
}

function ranges(values: readonly number[], show: (value: number) => string, conjunction = "and"): string {
  const step = values[1] - values[0];
  if (step > 1 && values.length > 4 && values.every((value, index) => value === values[0] + index * step)) {
    return `${values.slice(0, 3).map(show).join(", ")} and so on to ${show(values[values.length - 1])}`;
  }
  const words = rangesOf(values).flatMap(([from, to]) =>
    to - from < 2 ? values.filter((v) => v >= from && v <= to).map(show) : [`${show(from)} to ${show(to)}`],
  );
  return listed(words, conjunction);
}

function listed(words: readonly string[], conjunction = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${conjunction} ${words[words.length - 1]}`;
}

function ordinal(value: number): string {
  return `${value}${["th", "st", "nd", "rd"][value > 3 ? 0 : value]}`;
}

function capitalized(word: string): string {
  return word[0].toUpperCase() + word.slice(1);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
