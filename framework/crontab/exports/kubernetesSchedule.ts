import { compile } from "../../schedule/expression/calendar";
import { fieldSpecs } from "../../schedule/expression/fieldSpecs";
import { compressed, hasCalendarForms, renderField } from "../../schedule/expression/render";
import type { CalendarSchedule, Schedule } from "../../schedule/expression/types";
import { knownStretches } from "../../schedule/times/clockDifferences";
import { clockMatches } from "../../schedule/times/clockMatches";
import type { Stretch } from "../../schedule/times/timezones";
import type { Expressed } from "./exportTypes";

/**
 * The schedule as five fields for Kubernetes, which parses them with robfig/cron v3. Unlike cron, this parser treats a
 * day field as unrestricted only if it is exactly `*`, and never replays times that the clocks skip.
 */
export function kubernetesSchedule(schedule: Schedule, timezone: string): Expressed<string> {
  if (schedule.kind === "reboot")
    return impossible("has no meaning in a cluster", "Use a Deployment for it.");
  if (schedule.kind === "interval") {
    return impossible(
      "cannot be written as five fields",
      "Choose an interval that divides an hour or a day evenly.",
    );
  }
  const { minute, hour, month, second } = schedule;
  if (schedule.cycle)
    return impossible("cannot be written as five fields", "Use days of the week or month instead.");
  if (hasCalendarForms(schedule))
    return impossible("uses L, W or #, which Kubernetes does not support", "Use plain days instead.");
  if (second.values.length !== 1 || second.values[0] !== 0) {
    return impossible("has seconds, but Kubernetes only counts minutes", "Leave the seconds out.");
  }
  const days = dayFields(schedule);
  if (days === undefined) {
    return impossible(
      "needs both day fields to match, but in Kubernetes either one is enough",
      "Restrict only one of the two day fields.",
    );
  }
  const difference = clockDifference(schedule, timezone);
  if (difference !== undefined) {
    return impossible(
      `${difference} (${timezone})`,
      'Choose hours in which the clocks never change, or timezone: "UTC".',
    );
  }
  return {
    value: [
      renderField(fieldSpecs.minute, minute),
      renderField(fieldSpecs.hour, hour),
      days.ofMonth,
      renderField(fieldSpecs.month, month),
      days.ofWeek,
    ].join(" "),
  };
}

function impossible(reason: string, remedy: string): Expressed<never> {
  return { problem: { reason, remedy } };
}

/** Writes `*` only if any day matches, because Kubernetes treats a `*` with a step as a restriction. */
function dayFields({ dayOfMonth, dayOfWeek }: CalendarSchedule) {
  const isAnyMonthDay = dayOfMonth.values.length === 31;
  const isAnyWeekday = dayOfWeek.values.length === 7;
  const isBoth = dayOfMonth.star || dayOfWeek.star;
  if (isBoth && !isAnyMonthDay && !isAnyWeekday) return undefined;
  if (!isBoth && (isAnyMonthDay || isAnyWeekday)) return { ofMonth: "*", ofWeek: "*" };
  return {
    ofMonth: isAnyMonthDay ? "*" : compressed(dayOfMonth.values),
    ofWeek: isAnyWeekday ? "*" : compressed(dayOfWeek.values),
  };
}

/** How Kubernetes would behave differently when the zone's clocks change; undefined if it would not. */
function clockDifference(schedule: CalendarSchedule, timezone: string): string | undefined {
  const { hour, dayOfMonth, dayOfWeek, month } = schedule;
  const changes = knownStretches(timezone).filter(({ offset, offsetBefore }) => offset !== offsetBefore);
  const { skipped, repeated } = clockMatches(schedule, timezone);
  if (!compile(schedule).isWild) {
    if (skipped) return `makes up for ${skipped}, which the clocks skip, but Kubernetes leaves it out`;
    if (repeated) return `runs once for ${repeated}, which occurs twice, but Kubernetes runs it twice`;
  }
  const isEveryDay = dayOfMonth.values.length === 31 && dayOfWeek.values.length === 7;
  const isRestricted = !isEveryDay || month.values.length < 12;
  if (isRestricted && changes.some(isAtMidnight)) {
    return "picks days, but Kubernetes miscounts them where the clocks change at midnight";
  }
  const isPartOfHour = changes.some(({ offset, offsetBefore }) => (offset - offsetBefore) % 60 !== 0);
  if (hour.values.length < 24 && isPartOfHour) {
    return "picks hours, but Kubernetes miscounts them where the clocks change by part of an hour";
  }
  return undefined;
}

/** Whether midnight is skipped or occurs twice, which can make Kubernetes miscount the days. */
function isAtMidnight({ start, offset, offsetBefore }: Stretch): boolean {
  const from = start + Math.min(offset, offsetBefore);
  return Math.ceil(from / 1440) * 1440 <= from + Math.abs(offset - offsetBefore);
}
