import { compile } from "../../schedule/expression/calendar";
import { rangesOf } from "../../schedule/expression/render";
import type { CalendarSchedule, IntervalSchedule, Schedule } from "../../schedule/expression/types";
import { minuteShifts } from "../../schedule/times/clockDifferences";
import { clockMatches } from "../../schedule/times/clockMatches";
import type { Expressed } from "./exportTypes";
import { type DayChoice, dayChoices } from "./systemdDays";

export interface SystemdClock {
  /** The command's own time zone; the host's if undefined. */
  readonly timezone?: string | undefined;
  readonly hostTimezone: string;
}

/** The OnCalendar values that match exactly the schedule's times. */
export function systemdCalendars(schedule: Schedule, clock: SystemdClock): Expressed<string[]> {
  if (schedule.kind === "reboot") throw new Error("@reboot has no calendar: the service itself is enabled");
  if (schedule.kind === "interval") return intervalCalendars(schedule);
  if (schedule.cycle) {
    return impossible(
      "counts days since the epoch, which systemd cannot do",
      "Use days of the week or month instead.",
    );
  }
  const days = dayChoices(schedule);
  if (days === undefined) {
    return impossible("has days that OnCalendar cannot express", "Split it, or keep it in the crontab.");
  }
  const zone = clock.timezone ?? clock.hostTimezone;
  const { skipped, repeated } = clockMatches(schedule, zone);
  const { isWild } = compile(schedule);
  const suffix = clock.timezone === undefined ? "" : ` ${clock.timezone}`;
  if (isWild && repeated !== undefined) {
    return (
      inUtc(schedule, zone) ??
      differs(`runs twice for ${repeated}, which occurs twice, but systemd runs it once`, zone)
    );
  }
  if (!isWild && skipped !== undefined) {
    return differs(`makes up for ${skipped}, which the clocks skip, but systemd leaves it out`, zone);
  }
  return { value: days.map((choice) => `${dayText(choice)} ${timeText(schedule)}${suffix}`) };
}

function impossible(reason: string, remedy: string): Expressed<never> {
  return { problem: { reason, remedy } };
}

function differs(reason: string, zone: string): Expressed<never> {
  return impossible(
    `${reason} (${zone})`,
    'Choose hours in which the clocks never change, or timezone: "UTC".',
  );
}

/**
 * Converts a schedule that runs in every hour of every day to the same minutes in UTC, where the clocks never change.
 */
function inUtc(schedule: CalendarSchedule, zone: string): Expressed<string[]> | undefined {
  const { hour, dayOfMonth, dayOfWeek, month, minute } = schedule;
  const sizes = [hour, dayOfMonth, month, dayOfWeek].map(({ values }) => values.length);
  const shifts = minuteShifts(zone, "UTC");
  if (sizes.join() !== "24,31,12,7" || shifts.length !== 1) return undefined;
  const values = minute.values.map((value) => (value + shifts[0]) % 60).sort((a, b) => a - b);
  const shifted = { ...schedule, minute: { ...minute, values } };
  return { value: [`*-*-* ${timeText(shifted)} UTC`] };
}

const dayMinutes = 1440;

/** Converts an interval that divides a day, because its starts are at fixed times of day in UTC. Refuses any other. */
function intervalCalendars({ minutes }: IntervalSchedule): Expressed<string[]> {
  if (dayMinutes % minutes !== 0) {
    return impossible("does not divide a day evenly, as systemd requires", "Choose an interval that does.");
  }
  const byMinute = new Map<number, number[]>();
  for (let time = 0; time < dayMinutes; time += minutes) {
    byMinute.set(time % 60, [...(byMinute.get(time % 60) ?? []), Math.floor(time / 60)]);
  }
  const lines = [...byMinute].sort(([a], [b]) => a - b);
  return { value: lines.map(([minute, hours]) => `*-*-* ${list(hours, 24)}:${two(minute)}:00 UTC`) };
}

function timeText({ hour, minute, second }: CalendarSchedule): string {
  return `${list(hour.values, 24)}:${list(minute.values, 60)}:${list(second.values, 60)}`;
}

function dayText({ months, weekdays, days, fromEnd }: DayChoice): string {
  const week = weekdays === undefined || weekdays.length === 7 ? "" : `${weekdayText(weekdays)} `;
  const day = fromEnd ? `~${list(fromEnd, 32)}` : `-${days ? list(days, 31) : "*"}`;
  return `${week}*-${list(months, 12)}${day}`;
}

const weekdayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function weekdayText(weekdays: readonly number[]): string {
  const fromMonday = weekdays.map((day) => (day + 6) % 7).sort((a, b) => a - b);
  return rangesOf(fromMonday)
    .map(([from, to]) =>
      to - from < 2
        ? weekdayNames.slice(from, to + 1).join(",")
        : `${weekdayNames[from]}..${weekdayNames[to]}`,
    )
    .join(",");
}

/** Values as a systemd list, or `*` for all `size` of them. */
function list(values: readonly number[], size: number): string {
  if (values.length === size) return "*";
  const step = values[1] - values[0];
  const isEven = values.length > 2 && values.every((value, index) => value === values[0] + index * step);
  if (isEven && step > 1) return `${two(values[0])}..${two(values[values.length - 1])}/${step}`;
  return rangesOf(values)
    .map(([from, to]) => (from === to ? two(from) : `${two(from)}${to - from === 1 ? "," : ".."}${two(to)}`))
    .join(",");
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
