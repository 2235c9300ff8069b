import { type Stretch, stretchesOfYear } from "./timezones";

// The years for which a crontab is checked, in which time zone rules are known. They are fixed, so that a crontab
// doesn't depend on today's date.
const firstYear = 2024;
const lastYear = 2050;

const cache = new Map<string, readonly Stretch[]>();

/** A zone's stretches (see `Stretch`) in the years for which a crontab is checked. */
export function knownStretches(timezone: string): readonly Stretch[] {
  let stretches = cache.get(timezone);
  if (!stretches) {
    stretches = years.flatMap((year) => stretchesOfYear(timezone, year));
    cache.set(timezone, stretches);
  }
  return stretches;
}

const years = Array.from({ length: lastYear - firstYear + 1 }, (_, index) => firstYear + index);

/**
 * By how many minutes, modulo 60, the host's clock differs from the zone's. The list usually contains only one number.
 */
export function minuteShifts(timezone: string, hostTimezone: string): number[] {
  const zone = knownStretches(timezone);
  const host = knownStretches(hostTimezone);
  const shifts = new Set<number>();
  let z = 0;
  let h = 0;
  while (z < zone.length && h < host.length) {
    shifts.add((((host[h].offset - zone[z].offset) % 60) + 60) % 60);
    const { end } = zone[z];
    if (end <= host[h].end) z++;
    if (end >= host[h].end) h++;
  }
  return [...shifts].sort((a, b) => a - b);
}

/** The times of day that a zone's clocks skip, from `from` until just before `to`. */
export function gapsOf(timezone: string): { from: number; to: number }[] {
  const gaps = new Map<number, { from: number; to: number }>();
  for (const { start, offset, offsetBefore } of knownStretches(timezone)) {
    const from = (((start + offsetBefore) % 1440) + 1440) % 1440;
    const to = from + offset - offsetBefore;
    if (to > from) gaps.set(from * 4096 + to, { from, to });
  }
  return [...gaps.values()];
}
