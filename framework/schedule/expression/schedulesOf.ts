import { parseSchedule } from "./expression";
import type { Schedule } from "./types";

/** Keyed by the list of expressions, because copies of a command object share that list. */
const cache = new WeakMap<readonly string[], { name: string; parsed: readonly Schedule[] }>();

/**
 * A command's parsed schedules. Cached, because one listing needs them several times: for next times, descriptions and
 * crontab entries. Throws a ScheduleError for the first invalid one.
 */
export function schedulesOf({ name, schedules }: { name: string; schedules: readonly string[] }) {
  const known = cache.get(schedules);
  if (known?.name === name) return known.parsed;
  const parsed = schedules.map((text) => parseSchedule(text, { name }));
  cache.set(schedules, { name, parsed });
  return parsed;
}
