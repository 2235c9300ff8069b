import { parseSchedule } from "./expression";
import type { Schedule } from "./types";

/** Keyed by the list of expressions, which copies of a command share. */
const cache = new WeakMap<readonly string[], { name: string; parsed: readonly Schedule[] }>();

/**
 * A command's parsed schedules. Cached, because a list needs them for next times, descriptions and crontab entries. Throws
 * a ScheduleError for the first invalid one.
 */
export function schedulesOf({ name, schedules }: { name: string; schedules: readonly string[] }) {
  const known = cache.get(schedules);
  if (known?.name === name) return known.parsed;
  const parsed = schedules.map((text) => parseSchedule(text, { name }));
  cache.set(schedules, { name, parsed });
  return parsed;
}
