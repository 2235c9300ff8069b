import { type FieldSpec, numberOf } from "./fieldSpecs";
import { stableHash } from "./hash";
import { misspelled } from "./spellings";
import type { Field, MonthDays, WeekDays } from "./types";

/** The text of one field, its position in the expression, and the command's name (for `H`). */
export interface FieldText {
  readonly spec: FieldSpec;
  readonly text: string;
  readonly offset: number;
  readonly expression: string;
  readonly commandName: string;
}

/** All items of one field, combined. One type serves all kinds of fields. */
export interface Gathered {
  readonly star: boolean;
  readonly values: Set<number>;
  readonly near: Set<number>;
  readonly lastOf: Set<number>;
  readonly nth: Set<number>;
  last: boolean;
  lastWorkday: boolean;
  hashed: boolean;
}

interface Item {
  readonly text: string;
  readonly offset: number;
}

/** Parses one field: a list of values, ranges and steps, of H and, in day fields, of the L, W and # forms. */
export function readField(source: FieldText): Readonly<Gathered> {
  if (source.text !== "*") return gather(source);
  const known = stars.get(source.spec) ?? gather(source);
  stars.set(source.spec, known);
  return known;
}

/** Caches the parsed `*`: a typical schedule contains three, and they take half of its parsing time. */
const stars = new Map<FieldSpec, Readonly<Gathered>>();

function gather(source: FieldText): Gathered {
  const gathered: Gathered = {
    star: source.text.startsWith("*"),
    values: new Set(),
    near: new Set(),
    lastOf: new Set(),
    nth: new Set(),
    last: false,
    lastWorkday: false,
    hashed: false,
  };
  for (const item of itemsOf(source)) readItem(source, item, gathered);
  return gathered;
}

export function plainField({ values, star }: Readonly<Gathered>): Field {
  return { values: sorted(values), star };
}

export function monthDays(gathered: Readonly<Gathered>): MonthDays {
  const { last, lastWorkday, near } = gathered;
  return { ...plainField(gathered), last, lastWorkday, nearWorkday: sorted(near) };
}

export function weekDays(gathered: Readonly<Gathered>): WeekDays {
  const nth = sorted(gathered.nth).map((code) => ({ day: code % 7, n: Math.floor(code / 7) }));
  return { ...plainField(gathered), last: sorted(gathered.lastOf), nth };
}

function itemsOf({ text, offset }: FieldText): Item[] {
  let at = offset;
  return text.split(",").map((item) => {
    const result = { text: item, offset: at };
    at += item.length + 1;
    return result;
  });
}

function readItem(source: FieldText, item: Item, gathered: Gathered): void {
  const isValid =
    readSpan(source, item.text, gathered) ||
    readHash(source, item.text, gathered) ||
    readDayForm(source.spec, item.text, gathered);
  if (!isValid) throw misspelled(source, item.text, item.offset);
}

const span = /^(?:(\*)|([A-Za-z]+|\d+)(?:-([A-Za-z]+|\d+))?)(?:\/(\d+))?$/;

/** `*`, `5`, `1-5` or `fri-mon`. The star and ranges may have a step. */
function readSpan({ spec }: FieldText, text: string, { values }: Gathered): boolean {
  const match = span.exec(text);
  if (!match) return false;
  const [, star, first, last, stepText] = match;
  const step = stepText === undefined ? 1 : Number(stepText);
  // Like cron, reject `5/15` and `*/0`, whose meaning is unclear.
  if (step === 0 || (stepText !== undefined && !star && last === undefined)) return false;
  const from = star ? spec.min : numberOf(spec, first);
  const to = star ? spec.max : last === undefined ? from : numberOf(spec, last);
  if (!isWithin(spec, from) || !isWithin(spec, to)) return false;
  addSpan(spec, { from, to, step }, values);
  return true;
}

/**
 * Parses H, H/15, H(0-7) or H(0-29)/10: a value, or the start of a series of steps, derived from the command's name.
 */
function readHash(source: FieldText, text: string, gathered: Gathered): boolean {
  const match = /^H(?:\((\d+)-(\d+)\))?(?:\/(\d+))?$/i.exec(text);
  if (!match) return false;
  const { spec } = source;
  const from = match[1] === undefined ? spec.min : Number(match[1]);
  const to = match[2] === undefined ? hashTop(spec) : Number(match[2]);
  const step = match[3] === undefined ? 0 : Number(match[3]);
  const size = match[3] === undefined ? to - from + 1 : step;
  if (size < 1 || size > to - from + 1 || !isWithin(spec, from) || !isWithin(spec, to)) return false;
  const start = from + (stableHash(`${source.commandName}\n${spec.key}`) % size);
  addSpan(spec, { from: start, to: step === 0 ? start : to, step: step || 1 }, gathered.values);
  gathered.hashed = true;
  return true;
}

/**
 * The largest value that H may choose: 28 for days, which every month has, and 6 for weekdays, so that Sunday isn't
 * counted twice, as 0 and 7.
 */
function hashTop(spec: FieldSpec): number {
  if (spec.key === "dayOfMonth") return 28;
  return spec.key === "dayOfWeek" ? 6 : spec.max;
}

function readDayForm(spec: FieldSpec, text: string, gathered: Gathered): boolean {
  if (spec.key === "dayOfMonth") return readMonthDayForm(spec, text, gathered);
  return spec.key === "dayOfWeek" && readWeekDayForm(spec, text, gathered);
}

function readMonthDayForm(spec: FieldSpec, text: string, gathered: Gathered): boolean {
  if (/^L$/i.test(text)) gathered.last = true;
  else if (/^LW$/i.test(text)) gathered.lastWorkday = true;
  else {
    const day = /^(\d+)W$/i.exec(text)?.[1];
    if (day === undefined || !isWithin(spec, Number(day))) return false;
    gathered.near.add(Number(day));
  }
  return true;
}

function readWeekDayForm(spec: FieldSpec, text: string, gathered: Gathered): boolean {
  const match = /^([A-Za-z]+?|\d+)(?:L|#([1-5]))$/i.exec(text);
  const day = match ? numberOf(spec, match[1]) : undefined;
  if (!match || !isWithin(spec, day)) return false;
  if (match[2] === undefined) gathered.lastOf.add(day % 7);
  else gathered.nth.add(Number(match[2]) * 7 + (day % 7));
  return true;
}

function isWithin(spec: FieldSpec, value: number | undefined): value is number {
  return value !== undefined && value >= spec.min && value <= spec.max;
}

/** A range that runs backwards wraps around: `22-2`, `fri-mon`. */
function addSpan(
  spec: FieldSpec,
  range: { from: number; to: number; step: number },
  values: Set<number>,
): void {
  const isWeek = spec.key === "dayOfWeek";
  const size = isWeek ? 7 : spec.max - spec.min + 1;
  const from = isWeek && range.from === 7 && range.to < 7 ? 0 : range.from;
  const to = range.to < from ? range.to + size : range.to;
  for (let value = from; value <= to; value += range.step) {
    values.add(((value - spec.min) % size) + spec.min);
  }
}

const none: readonly number[] = [];

function sorted(values: ReadonlySet<number>): readonly number[] {
  if (values.size === 0) return none;
  const list = [...values];
  const isSorted = list.every((value, index) => index === 0 || (list[index - 1] as number) < value);
  return isSorted ? list : list.sort((a, b) => a - b);
}
