import { calendarFields, hasCalendarForms } from "../../../framework/schedule/expression/render";
import type { Schedule } from "../../../framework/schedule/expression/types";

/**
 * The five fields (or @reboot) with which cron alone runs exactly this schedule; undefined if the schedule needs laju's
 * help.
 */
export function canonicalFields(schedule: Schedule): string | undefined {
  if (schedule.kind === "reboot") return "@reboot";
  if (schedule.kind === "interval" || schedule.cycle || hasCalendarForms(schedule)) return undefined;
  const { values } = schedule.second;
  return values.length === 1 && values[0] === 0 ? calendarFields(schedule) : undefined;
}
