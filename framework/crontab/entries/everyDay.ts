import { possibleLengths } from "../../schedule/expression/civil";

/** The parts of a date that a shell can test: date's %m, %d and %u, and the %d of the date a week later. */
export interface Day {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  /** From 1 to 7 on the last seven days of a month. */
  readonly nextWeek: number;
}

export type DatePart = keyof Day;

/** Everything a day rule depends on: the month, one of its possible lengths, and the weekday of its first day (0 is Sunday). */
export interface MonthKind {
  readonly month: number;
  readonly length: number;
  readonly first: number;
}

let kinds: readonly MonthKind[] | undefined;
let days: readonly Day[] | undefined;

export function monthKinds(): readonly MonthKind[] {
  kinds ??= [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].flatMap((month) =>
    possibleLengths(month).flatMap((length) =>
      [0, 1, 2, 3, 4, 5, 6].map((first) => ({ month, length, first })),
    ),
  );
  return kinds;
}

/** The days of every kind of month (see `MonthKind`). */
export function everyDay(): readonly Day[] {
  days ??= monthKinds().flatMap(daysOf);
  return days;
}

function daysOf({ month, length, first }: MonthKind): Day[] {
  return Array.from({ length }, (_, index) => ({
    month,
    day: index + 1,
    weekday: ((first + index + 6) % 7) + 1,
    nextWeek: index + 8 > length ? index + 8 - length : index + 8,
  }));
}

/** Groups all days by the values of some date parts. */
export interface Grouping {
  readonly values: readonly (readonly number[])[];
  /** For each day of everyDay(), the index of its group. */
  readonly groupOf: Int16Array;
}

const groupings = new Map<string, Grouping>();

export function groupDays(parts: readonly DatePart[]): Grouping {
  const name = parts.join();
  let grouping = groupings.get(name);
  if (!grouping) {
    grouping = newGrouping(parts);
    groupings.set(name, grouping);
  }
  return grouping;
}

function newGrouping(parts: readonly DatePart[]): Grouping {
  const values: number[][] = [];
  const indexes = new Map<string, number>();
  const groupOf = Int16Array.from(everyDay(), (day) => {
    const own = parts.map((part) => day[part]);
    const key = own.join();
    const index = indexes.get(key) ?? values.push(own) - 1;
    indexes.set(key, index);
    return index;
  });
  return { values, groupOf };
}
