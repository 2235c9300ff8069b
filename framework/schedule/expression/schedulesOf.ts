import { parseSchedule } from "./expression";
import type { Schedule } from "./types";

/** The cache's keys are the lists of expressions, because copies of a command object share the list. */
const cache = new WeakMap<readonly string[], { name: string; parsed: readonly Schedule[] }>();

/**
 * A command's parsed schedules. They are cached, because one listing needs them several times: for next times,
 * descriptions and crontab entries. Throws a ScheduleError for the first invalid schedule.
 */
export function schedulesOf({ name, schedules }: { name: string; schedules: readonly string[] }) {
  const known = cache.get(schedules);
  if (known?.name === name) return known.parsed;
  const parsed = schedules.map((text) => parseSchedule(text, { name }));
  cache.set(schedules, { name, parsed });
  return parsed;
}
