import { parseSchedule } from "../schedule/expression";
import { describeSchedule } from "../schedule/words";

/** A command's schedule in English. */
export function scheduleInWords(schedule: string, name: string): string {
  return describeSchedule(parseSchedule(schedule, { name }));
}
