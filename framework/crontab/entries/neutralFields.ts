import { fieldSpecs } from "../../schedule/expression/fieldSpecs";
import { compressed, hasCalendarForms, renderField } from "../../schedule/expression/render";
import type { CalendarSchedule } from "../../schedule/expression/types";

/**
 * Five fields that every cron interprets alike, or undefined if there are none. Daemons disagree on lines with both day
 * fields set (both must match, either may match, or the first character decides) and on the day of the month with which
 * a step such as `*` + `/2` starts. So at most one day field is set here, as a list of days.
 */
export function neutralFields(schedule: CalendarSchedule): string | undefined {
  const days = hasCalendarForms(schedule) ? undefined : oneDayField(schedule);
  if (days === undefined) return undefined;
  const { minute, hour, month } = schedule;
  return [
    renderField(fieldSpecs.minute, minute),
    renderField(fieldSpecs.hour, hour),
    days.dayOfMonth,
    renderField(fieldSpecs.month, month),
    days.dayOfWeek,
  ].join(" ");
}

function oneDayField({ dayOfMonth, dayOfWeek }: CalendarSchedule) {
  const [days, weekdays] = [dayOfMonth.values, dayOfWeek.values];
  const [isAnyDay, isAnyWeekday] = [days.length === 31, weekdays.length === 7];
  const isEither = !dayOfMonth.star && !dayOfWeek.star;
  if (isEither ? isAnyDay || isAnyWeekday : isAnyDay && isAnyWeekday) {
    return { dayOfMonth: "*", dayOfWeek: "*" };
  }
  if (isAnyWeekday) return { dayOfMonth: compressed(days), dayOfWeek: "*" };
  return isAnyDay ? { dayOfMonth: "*", dayOfWeek: compressed(weekdays) } : undefined;
}
