import { type FieldSpec, fieldSpecs } from "../expression/fieldSpecs";
import type { Field } from "../expression/types";
import type { AsWritten, RawFields } from "./rawFields";

type Never = Extract<AsWritten, { kind: "never" }>;

/** The array in which crond.c stores a field: its number of cells, and by how much a value exceeds its cell's index. */
interface Cells {
  readonly count: number;
  readonly shift: number;
  readonly spec: FieldSpec;
}

const cells = {
  minute: { count: 60, shift: 0, spec: fieldSpecs.minute },
  hour: { count: 24, shift: 0, spec: fieldSpecs.hour },
  // crond has a cell for day 0, which is why `*` + `/2` matches the even days.
  dayOfMonth: { count: 32, shift: 0, spec: fieldSpecs.dayOfMonth },
  month: { count: 12, shift: 1, spec: fieldSpecs.month },
  dayOfWeek: { count: 7, shift: 0, spec: fieldSpecs.dayOfWeek },
} as const satisfies Record<string, Cells>;

/** The number of steps after which crond gives up on a range that never reaches its end. */
const failsafe = 1024;

/**
 * Parses as crond.c of BusyBox does. crond always follows the wall clock. laju's engine does that only for schedules
 * whose minute or hour field begins with `*`, so this marks the minute field as beginning with `*`.
 */
export function readBusyBox(line: string, words: readonly string[]): RawFields | Never {
  const hash = line.indexOf("#");
  const beforeHash = hash < 0 ? words : wordsOf(line.slice(0, hash));
  if (hash >= 0 && beforeHash.length <= 5) {
    return { kind: "never", reason: "a # starts a comment, and the rest has too few fields" };
  }
  if (words.length < 5) return { kind: "never", reason: "crond ignores lines with fewer than five fields" };
  const [minute, hour, days, month, weekdays] = words as [string, string, string, string, string];
  return {
    minute: { ...fieldOf(readCells(minute, cells.minute), cells.minute), star: true },
    hour: fieldOf(readCells(hour, cells.hour), cells.hour),
    month: fieldOf(readCells(month, cells.month), cells.month),
    ...dayFields(readCells(days, cells.dayOfMonth), readCells(weekdays, cells.dayOfWeek)),
  };
}

function wordsOf(text: string): string[] {
  return text.split(/[ \t]+/).filter((word) => word !== "");
}

/**
 * Combines the two day fields. If both are restricted, a match in either is enough; a field that covers every day is
 * not restricted.
 */
function dayFields(days: readonly boolean[], weekdays: readonly boolean[]) {
  const [daysUsed, weekUsed] = [days.includes(false), weekdays.includes(false)];
  const isBoth = daysUsed !== weekUsed || !daysUsed;
  const all = { dayOfMonth: days.map(() => true), dayOfWeek: weekdays.map(() => true) };
  const dayOfMonth = fieldOf(daysUsed ? days : all.dayOfMonth, cells.dayOfMonth);
  const dayOfWeek = fieldOf(weekUsed ? weekdays : all.dayOfWeek, cells.dayOfWeek);
  return { dayOfMonth: { ...dayOfMonth, star: isBoth }, dayOfWeek: { ...dayOfWeek, star: isBoth } };
}

function fieldOf(filled: readonly boolean[], { shift }: Cells): Field {
  const values = filled.flatMap((isSet, cell) => (isSet ? [cell + shift] : []));
  return { values: values.filter((value) => value > 0 || filled.length !== 32), star: false };
}

/** Follows ParseField step by step. Cells filled before an error stay filled. */
function readCells(text: string, { count, shift, spec }: Cells): boolean[] {
  const filled = Array.from({ length: count }, () => false);
  for (const item of text.split(",")) {
    const match = readItem(item, spec, shift, count);
    if (match === undefined) return filled;
    if (!fill(filled, match) || match.rest !== "") return filled;
  }
  return filled;
}

interface Span {
  from: number;
  to: number;
  step: number;
  rest: string;
}

function readItem(item: string, spec: FieldSpec, shift: number, count: number): Span | undefined {
  const first = item.startsWith("*")
    ? { value: 0, to: count - 1, rest: item.slice(1) }
    : { ...readValue(item, spec, shift), to: -1 };
  if (first.value === undefined || first.rest === undefined) return undefined;
  let { to } = first;
  let { rest } = first;
  if (rest.startsWith("-") && to < 0) {
    const last = readValue(rest.slice(1), spec, shift);
    if (last === undefined) return undefined;
    // A first value below all cells is lost, because crond uses negative numbers for "no value yet".
    if (first.value < 0) return { from: last.value, to: last.value, step: 1, rest: last.rest };
    [to, rest] = [last.value, last.rest];
  }
  if (to < 0) to = first.value;
  const step = /^\/(\d*)/.exec(rest);
  return {
    from: first.value,
    to,
    step: step ? Number(step[1]) : 1,
    rest: step ? rest.slice(step[0].length) : rest,
  };
}

function readValue(
  text: string,
  spec: FieldSpec,
  shift: number,
): { value: number; rest: string } | undefined {
  const digits = /^\d+/.exec(text)?.[0];
  if (digits !== undefined) return { value: Number(digits) - shift, rest: text.slice(digits.length) };
  const name = spec.names.findIndex((one) => one.slice(0, 3) === text.slice(0, 3).toLowerCase());
  return name < 0 || text.length < 3 ? undefined : { value: name, rest: text.slice(3) };
}

/** Counts up, wrapping around, until it reaches the end of the range; false if it never does. */
function fill(filled: boolean[], { from, to, step }: Span): boolean {
  let [cell, left] = [from - 1, 1];
  for (let turn = 1; ; turn++) {
    cell = (cell + 1) % filled.length;
    if (--left === 0) {
      filled[cell] = true;
      left = step;
    }
    if (turn >= failsafe) return false;
    if (cell === to) return true;
  }
}
