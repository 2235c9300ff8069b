import { closest, distance } from "fastest-levenshtein";
import { type FieldSpec, numberOf } from "./fieldSpecs";
import { Misspelling, shown } from "./problems";

interface ItemContext {
  readonly spec: FieldSpec;
  readonly text: string;
  readonly offset: number;
  readonly expression: string;
}

/** The error for an invalid item of a field, with the spellings that were probably meant. */
export function misspelled({ spec, expression }: ItemContext, item: string, offset: number): Misspelling {
  const found = item === "" ? "an empty value" : shown(item);
  const allowed = allowedInstead(spec, item);
  const problem = { field: spec.label, offset, length: item.length, found: item, allowed };
  const withSpelling = (spelling: string) =>
    expression.slice(0, offset) + spelling + expression.slice(offset + item.length);
  return new Misspelling(
    `schedule ${shown(expression)} has ${found} as its ${spec.label}, expected ${allowed}`,
    problem,
    [
      ...(item === "" ? withoutComma(expression, offset) : []),
      ...[...spellingsFor(spec, item)].map(withSpelling),
    ],
  );
}

function allowedInstead(spec: FieldSpec, item: string): string {
  if (/^\w+\/\d+$/.test(item)) return "a step after * or a range";
  return /\/0+$/.test(item) ? "a step of at least 1" : spec.allowed;
}

function withoutComma(expression: string, offset: number): string[] {
  const at = expression[offset] === "," ? offset : offset - 1;
  return [expression.slice(0, at) + expression.slice(at + 1)];
}

/** Candidates, best first. Only the last one is sure to be valid. */
function* spellingsFor(spec: FieldSpec, item: string): Generator<string> {
  const start = /^(\w+)\/(\d+)$/.exec(item);
  if (start && Number(start[2]) > 0) yield `${start[1]}-${topOf(spec)}/${start[2]}`;
  // Normalizing corrects full-width and other look-alike characters.
  yield item.normalize("NFKC");
  yield item.replace(/^(\w+)#(\d+)$/, (_, day: string, nth: string) => nthWeekday(spec, day, nth));
  if (/^L-\d+$/i.test(item)) yield "L";
  if (item === "?" || item === "**" || item.endsWith("/0")) yield "*";
  if (/^\*?\/?[1-9]\d*$/.test(item) && !/^\d/.test(item)) yield `*/${item.replace(/\D/g, "")}`;
  yield item.replace(/[~\u2013\u2014]|\.{2,}/g, "-");
  yield item.replace(/[.;|+]/g, ",");
  yield item.replace(/\b[A-Za-z]+/g, (word) => nearestName(spec, word));
  yield item.replace(/\d+/g, (digits) => String(nearestNumber(spec, digits)));
  yield item.replace(/\b[A-Za-z]+|\d+/g, (word) =>
    /\d/.test(word) ? String(nearestNumber(spec, word)) : nearestName(spec, word),
  );
  yield item.replace(/[^\w*/-]/g, "");
  yield item.replace(/^-+|-+$|\/+$/g, "");
  const number = /\d+/.exec(item)?.[0];
  if (number !== undefined) yield String(nearestNumber(spec, number));
  yield "*";
}

function nthWeekday(spec: FieldSpec, day: string, nth: string): string {
  const weekday = /^\d+$/.test(day) ? nearestNumber(spec, day) : nearestName(spec, day);
  return `${weekday}#${Math.min(Math.max(Number(nth), 1), 5)}`;
}

function topOf(spec: FieldSpec): number {
  return spec.key === "dayOfWeek" ? 6 : spec.max;
}

/** 60 minutes and 24 hours wrap to 0; any other number is clamped to the field's range. */
function nearestNumber(spec: FieldSpec, digits: string): number {
  const value = Number(digits);
  if (spec.min === 0 && value === spec.max + 1) return 0;
  return Math.min(Math.max(value, spec.min), spec.max);
}

function nearestName(spec: FieldSpec, word: string): string {
  const lower = word.toLowerCase();
  if (spec.names.length === 0 || numberOf(spec, lower) !== undefined) return word;
  const nearest = closest(lower, [...spec.names, ...spec.names.map((name) => name.slice(0, 3))]);
  return distance(lower, nearest) < lower.length ? nearest.slice(0, 3) : word;
}
