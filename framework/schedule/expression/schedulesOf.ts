import { parseSchedule } from "./expression";
import type { Schedule } from "./types";

/** What has been read, by the list of texts, whoever of its command's copies carries it. */
const read = new WeakMap<readonly string[], { name: string; parsed: readonly Schedule[] }>();

/**
 * A command's schedules, each read once: lists ask for its next time, its words, its crontab entries. Throws a
 * ScheduleError for the first that is none.
 */
export function schedulesOf({ name, schedules }: { name: string; schedules: readonly string[] }) {
  const known = read.get(schedules);
  if (known?.name === name) return known.parsed;
  const parsed = schedules.map((text) => parseSchedule(text, { name }));
  read.set(schedules, { name, parsed });
  return parsed;
}
