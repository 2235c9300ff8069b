import { type FieldSpec, fieldSpecs } from "./fieldSpecs";
import type { CalendarSchedule, Field, MonthDays, Schedule, WeekDays } from "./types";

/** Renders a schedule in laju's normal form. Parsing the result yields the same times. */
export function renderSchedule(schedule: Schedule): string {
  if (schedule.kind === "reboot") return "@reboot";
  if (schedule.kind === "interval") return `rate(${schedule.minutes} ${plural("minute", schedule.minutes)})`;
  if (schedule.cycle) return renderCycle(schedule.cycle);
  const { second } = schedule;
  const isWholeMinute = second.values.length === 1 && second.values[0] === 0 && !second.star;
  const fields = calendarFields(schedule);
  return isWholeMinute ? fields : `${renderField(fieldSpecs.second, second)} ${fields}`;
}

/** Caches rendered fields, because schedules are often compared by them. */
const written = new WeakMap<CalendarSchedule, string>();

/** The five fields (L, W and # included) without seconds. */
export function calendarFields(schedule: CalendarSchedule): string {
  const known = written.get(schedule);
  if (known !== undefined) return known;
  const fields = [
    renderField(fieldSpecs.minute, schedule.minute),
    renderField(fieldSpecs.hour, schedule.hour),
    renderMonthDays(schedule.dayOfMonth),
    renderField(fieldSpecs.month, schedule.month),
    renderWeekDays(schedule.dayOfWeek),
  ].join(" ");
  written.set(schedule, fields);
  return fields;
}

/** Whether a day field uses L, W or #, which cron does not support. */
export function hasCalendarForms({ dayOfMonth, dayOfWeek }: CalendarSchedule): boolean {
  const { last, lastWorkday, nearWorkday } = dayOfMonth;
  return (
    last || lastWorkday || nearWorkday.length > 0 || dayOfWeek.last.length > 0 || dayOfWeek.nth.length > 0
  );
}

/** Renders one plain field. Neither drops nor adds a leading `*`, because cron's rules depend on it. */
export function renderField(spec: FieldSpec, { values, star }: Field): string {
  const top = spec.key === "dayOfWeek" ? 6 : spec.max;
  if (!star) return compressed(values);
  if (values.length === top - spec.min + 1) return "*";
  const step = starStep(values, spec.min, top);
  const rest = values.filter((value) => (value - spec.min) % step !== 0);
  return [`*/${step}`, ...(rest.length > 0 ? [compressed(rest)] : [])].join(",");
}

/**
 * The smallest n for which `*` + `/n` covers all values of the field. There always is one, because the field began with
 * `*`.
 */
function starStep(values: readonly number[], min: number, top: number): number {
  const present = new Set(values);
  for (let step = 1; ; step++) {
    let value = min;
    while (value <= top && present.has(value)) value += step;
    if (value > top) return step;
  }
}

function renderMonthDays(field: MonthDays): string {
  const forms = field.nearWorkday.map((day) => `${day}W`);
  if (field.last) forms.push("L");
  if (field.lastWorkday) forms.push("LW");
  return joined(fieldSpecs.dayOfMonth, field, forms);
}

function renderWeekDays(field: WeekDays): string {
  const forms = field.nth.map(({ day, n }) => `${day}#${n}`);
  return joined(fieldSpecs.dayOfWeek, field, [...forms, ...field.last.map((day) => `${day}L`)]);
}

function joined(spec: FieldSpec, field: Field, forms: readonly string[]): string {
  const plain = field.values.length > 0 ? [renderField(spec, field)] : [];
  return [...plain, ...forms].join(",");
}

/** Renders values as ranges, or as a single range with a step if possible. */
export function compressed(values: readonly number[]): string {
  const step = values.length > 2 ? values[1] - values[0] : 1;
  if (step > 1 && values.every((value, index) => value === values[0] + index * step)) {
    return `${values[0]}-${values.at(-1)}/${step}`;
  }
  return rangesOf(values)
    .map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from},${to}` : `${from}-${to}`))
    .join(",");
}

export function rangesOf(values: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const value of values) {
    const last = ranges.at(-1);
    if (last && last[1] === value - 1) last[1] = value;
    else ranges.push([value, value]);
  }
  return ranges;
}

function renderCycle({ days, shift }: { days: number; shift: number }): string {
  return shift === 0
    ? `rate(${days} ${plural("day", days)})`
    : `rate(${days / 7} ${plural("week", days / 7)})`;
}

function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}
