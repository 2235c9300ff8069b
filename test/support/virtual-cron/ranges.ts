import type { Schedule } from "../../../framework/schedule/expression/types";
import { firingsAfter } from "../../../framework/schedule/times/firings";
import { stretchesOfYear } from "../../../framework/schedule/times/timezones";

export type Range = readonly [from: Date, to: Date];

export const minuteMilliseconds = 60_000;

/** The times at which a schedule fires, by laju's schedule engine, in minutes since the epoch. */
export function predicted(schedule: Schedule, timezone: string, [from, to]: Range): number[] {
  const minutes: number[] = [];
  for (const time of firingsAfter(schedule, from.getTime(), { timezone })) {
    if (time >= to.getTime()) break;
    minutes.push(Math.floor(time / minuteMilliseconds));
  }
  return distinct(minutes);
}

/** The minutes since the epoch in which a zone's clocks change. */
export function changesOf(timezone: string, year: number): number[] {
  return stretchesOfYear(timezone, year)
    .filter((stretch) => stretch.offset !== stretch.offsetBefore)
    .map((stretch) => stretch.start);
}

/** The hours around each clock change of 2028 in these zones. */
export function rangesAroundChanges(
  zones: readonly string[],
  hours: { before: number; after: number },
): Range[] {
  const changes = new Set(zones.flatMap((zone) => changesOf(zone, 2028)));
  return distinct(changes).map(
    (change): Range => [
      new Date((change - hours.before * 60) * minuteMilliseconds),
      new Date((change + hours.after * 60) * minuteMilliseconds),
    ],
  );
}

export function distinct(values: Iterable<number>): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
