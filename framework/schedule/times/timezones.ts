import { dayNumber, isLeap, weekdayOf } from "../expression/civil";
import { intlOffset } from "./intlOffset";
import { checkTimezoneName, fixedToUtc } from "./timezoneNames";

/** A stretch of time with a constant UTC offset. Times are minutes since the epoch; offsets are minutes east. */
export interface Stretch {
  readonly start: number;
  /** The end is exclusive. */
  readonly end: number;
  readonly offset: number;
  /** The previous offset. Equal to `offset` if the clocks don't change at the start. */
  readonly offsetBefore: number;
}

interface Change {
  readonly at: number;
  readonly offset: number;
}

const weekMinutes = 7 * 1440;

/** An endless series of stretches, starting with the one that contains this minute. Stretches end with the year. */
export function* stretchesFrom(timezone: string, minute: number): Generator<Stretch, never> {
  if (fixedToUtc.has(timezone)) {
    yield { start: -Infinity, end: Infinity, offset: 0, offsetBefore: 0 };
  }
  let year = new Date(minute * 60_000).getUTCFullYear();
  for (; ; year++) {
    for (const stretch of stretchesOfYear(timezone, year)) {
      if (stretch.end > minute) yield stretch;
    }
  }
}

export function offsetAt(timezone: string, minute: number): number {
  return stretchesFrom(timezone, minute).next().value.offset;
}

/** The stretches of a UTC year, in order. */
export function stretchesOfYear(timezone: string, year: number): Stretch[] {
  const start = yearStart(year);
  const [first, ...changes] = changesOf(timezone, year);
  const stretches: Stretch[] = [];
  let before = first.offset;
  let open: Change = { at: start, offset: first.offset };
  for (const change of [...changes, { at: yearStart(year + 1), offset: 0 }]) {
    stretches.push({ start: open.at, end: change.at, offset: open.offset, offsetBefore: before });
    before = open.offset;
    open = change;
  }
  return stretches;
}

const cache = new Map<string, readonly Change[]>();

/** The offset at the start of a year, followed by each change in it. */
function changesOf(timezone: string, year: number): readonly Change[] {
  const known = settledYear(year);
  const key = `${timezone} ${known}`;
  let changes = cache.get(key);
  if (!changes) {
    changes = findChanges(timezone, known);
    cache.set(key, changes);
  }
  if (known === year) return changes;
  const shift = yearStart(year) - yearStart(known);
  return changes.map(({ at, offset }) => ({ at: at + shift, offset }));
}

/**
 * An earlier year with the same changes. From 2101 on, every zone follows a yearly rule, so changes depend only on the
 * year's calendar.
 */
function settledYear(year: number): number {
  if (year <= 2128) return year;
  const weekday = weekdayOf(dayNumber(year, 1, 1));
  let same = 2101;
  while (isLeap(same) !== isLeap(year) || weekdayOf(dayNumber(same, 1, 1)) !== weekday) same++;
  return same;
}

function findChanges(timezone: string, year: number): Change[] {
  const end = yearStart(year + 1);
  const changes: Change[] = [{ at: yearStart(year), offset: offsetNow(timezone, yearStart(year)) }];
  // Look once a week: no zone has ever changed its offset and changed it back within a week.
  for (let low = yearStart(year); low < end; low += weekMinutes) {
    const high = Math.min(low + weekMinutes, end - 1);
    const before = changes[changes.length - 1].offset;
    if (offsetNow(timezone, high) !== before) changes.push(bisect(timezone, { low, high, before }));
  }
  return changes;
}

function bisect(timezone: string, range: { low: number; high: number; before: number }): Change {
  let { low, high } = range;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetNow(timezone, middle) === range.before) low = middle;
    else high = middle;
  }
  return { at: high, offset: offsetNow(timezone, high) };
}

function yearStart(year: number): number {
  return dayNumber(year, 1, 1) * 1440;
}

const checked = new Set<string>();

function offsetNow(timezone: string, minute: number): number {
  if (!checked.has(timezone)) checked.add(checkTimezoneName(timezone));
  return intlOffset(timezone, minute);
}
