import { compile } from "../expression/calendar";
import { possibleLengths } from "../expression/civil";
import { compressed } from "../expression/render";
import type { CalendarSchedule, Field, Schedule } from "../expression/types";
import { type Stretch, stretchesOfYear } from "./timezones";

/**
 * Warnings about a schedule's surprising effects and, if a time zone is given, about the effects of its clock changes.
 */
export function scheduleWarnings(
  schedule: Schedule,
  options: { timezone?: string; year?: number } = {},
): string[] {
  if (schedule.kind !== "calendar") return [];
  return [
    ...dayRule(schedule),
    ...unevenSteps(schedule),
    ...missingDays(schedule),
    ...clockChanges(schedule, options),
  ];
}

function dayRule({ dayOfMonth, dayOfWeek, cycle }: CalendarSchedule): string[] {
  const isAnyDay = dayOfMonth.values.length === 31 || dayOfWeek.values.length === 7;
  if (cycle || isAnyDay) return [];
  if (!dayOfMonth.star && !dayOfWeek.star) {
    return [
      "Both day fields are set: the command runs on days that match either one (day of the month or day of the week)",
    ];
  }
  const field = dayOfMonth.star ? "day-of-month" : "day-of-week";
  return [
    `Both day fields must match because the ${field} begins with *; otherwise a match of either one would be enough`,
  ];
}

function unevenSteps(schedule: CalendarSchedule): string[] {
  const { second, minute, hour, dayOfMonth, month, cycle } = schedule;
  if (cycle) return [];
  return [
    ...unevenStep("second", second, { size: 60, min: 0, of: "minute" }),
    ...unevenStep("minute", minute, { size: 60, min: 0, of: "hour" }),
    ...unevenStep("hour", hour, { size: 24, min: 0, of: "day" }),
    ...unevenStep("day", dayOfMonth, { size: 31, min: 1, of: "month" }),
    ...unevenStep("month", month, { size: 12, min: 1, of: "year" }),
  ];
}

/**
 * Warns about a step that doesn't divide its field evenly: it starts over with each hour, day or month, so the last gap
 * is shorter.
 */
function unevenStep(
  unit: string,
  field: Field,
  { size, min, of }: { size: number; min: number; of: string },
): string[] {
  const { values, star } = field;
  if (!star || values.length === size || values[0] !== min) return [];
  const onlyFirst = `The step is larger than the field: it matches only ${unit} ${min} of each ${of}`;
  if (values.length === 1) return [onlyFirst];
  const step = values[1] - values[0];
  const isStep = values.every((value, index) => value === min + index * step);
  if (!isStep || (size % step === 0 && unit !== "day")) return [];
  const better =
    unit === "minute" || unit === "hour" || unit === "day" ? `; rate(${step} ${unit}s) is even` : "";
  return [
    `*/${step} restarts each ${of} (${unit}s ${compressed(values)}), so it is not every ${step} ${unit}s${better}`,
  ];
}

function missingDays({ dayOfMonth, dayOfWeek, month }: CalendarSchedule): string[] {
  const days = [...dayOfMonth.values, ...dayOfMonth.nearWorkday];
  const isAlone = dayOfWeek.values.length === 7 && !dayOfMonth.last && !dayOfMonth.lastWorkday;
  const lowest = Math.min(...days);
  if (!isAlone || days.length === 0 || lowest < 29) return [];
  const lengths = month.values.map((number) => possibleLengths(number)[0]);
  if (Math.min(...lengths) >= lowest) return [];
  if (month.values.length === 1) return ["February 29 exists only in leap years"];
  return [`Months without a day ${lowest} are skipped; L is the last day of every month`];
}

function clockChanges(schedule: CalendarSchedule, options: { timezone?: string; year?: number }): string[] {
  const { timezone, year = 2026 } = options;
  if (timezone === undefined) return [];
  const changes = stretchesOfYear(timezone, year).filter(
    (stretch) => stretch.offset !== stretch.offsetBefore,
  );
  return changes.flatMap((stretch) => clockChange(schedule, stretch));
}

function clockChange(schedule: CalendarSchedule, { start, offset, offsetBefore }: Stretch): string[] {
  const { times, isWild } = compile(schedule);
  if (times.length === 0 || schedule.hour.values.length === 24) return [];
  const before = start + offsetBefore;
  const after = start + offset;
  const [from, to] = before < after ? [before, after] : [after, before];
  const affected = times.filter((time) => modulo(time - from, 1440) < to - from).map(clock);
  if (affected.length === 0) return [];
  const what = affected.length === 1 ? affected[0] : `${affected[0]} to ${affected[affected.length - 1]}`;
  if (before < after) {
    const outcome = isWild
      ? "it does not run then"
      : `it runs right afterwards, from ${clock(modulo(after, 1440))}`;
    return [`${what} does not exist on the day the clocks go forward: ${outcome}`];
  }
  return isWild ? [`${what} occurs twice on the day the clocks go back: it runs both times`] : [];
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
