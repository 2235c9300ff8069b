import { possibleLengths } from "../../schedule/expression/civil";

/** A day as a shell sees it: date's %m, %d and %u, and the %d of the day one week later. */
export interface Day {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  /** 1 to 7 for the last seven days of a month. */
  readonly nextWeek: number;
}

export type Sight = keyof Day;

/** A month, one of its lengths, and the weekday it begins on (0 is Sunday): all that a day rule depends on. */
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

/** Every possible day: the days of each kind of month, one kind after the other. */
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

/** For a choice of date parts: which of `values` each day shows. */
export interface View {
  readonly values: readonly (readonly number[])[];
  /** For each day of everyDay(), the index of its value. */
  readonly shownBy: Int16Array;
}

const views = new Map<string, View>();

export function viewOf(sights: readonly Sight[]): View {
  const name = sights.join();
  let view = views.get(name);
  if (!view) {
    view = look(sights);
    views.set(name, view);
  }
  return view;
}

function look(sights: readonly Sight[]): View {
  const values: number[][] = [];
  const indexes = new Map<string, number>();
  const shownBy = Int16Array.from(everyDay(), (day) => {
    const shown = sights.map((sight) => day[sight]);
    const key = shown.join();
    const index = indexes.get(key) ?? values.push(shown) - 1;
    indexes.set(key, index);
    return index;
  });
  return { values, shownBy };
}
