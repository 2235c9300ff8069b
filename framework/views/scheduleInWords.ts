import { parseSchedule } from "../schedule/expression/expression";
import { describeSchedule } from "../schedule/expression/words";

/** A command's schedule in English. */
export function scheduleInWords(schedule: string, name: string): string {
  return describeSchedule(parseSchedule(schedule, { name }));
}
