import { type FieldSpec, fieldSpecs, fiveFields } from "../expression/fieldSpecs";
import type { Field } from "../expression/types";
import type { AsWritten, RawFields } from "./rawFields";

type Refused = Extract<AsWritten, { kind: "refused" }>;

const wrong = ["bad minute", "bad hour", "bad day-of-month", "bad month", "bad day-of-week"];

/** Parses as entry.c of Debian's cron 3.0pl1 does, or of cronie, which is stricter about the characters after a number. */
export function readVixie(words: readonly string[], reader: "debian" | "cronie"): RawFields | Refused {
  const fields: Field[] = [];
  for (const [index, spec] of fiveFields.entries()) {
    const word = words[index];
    const values = word === undefined ? undefined : readList(word, spec, reader);
    if (values === undefined) return { kind: "refused", reason: wrong[index] as string };
    fields.push({ values: sortedValues(values, spec), star: word?.startsWith("*") ?? false });
  }
  // Both crons reject a command that begins with `*`, because that is usually a sixth field, a common mistake.
  if (words[5]?.startsWith("*")) return { kind: "refused", reason: "bad command" };
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields as [Field, Field, Field, Field, Field];
  return { minute, hour, dayOfMonth, month, dayOfWeek };
}

/** Maps weekday 7 to 0, because both are Sunday. */
function sortedValues(values: ReadonlySet<number>, spec: FieldSpec): number[] {
  const all = spec === fieldSpecs.dayOfWeek ? [...values].map((value) => value % 7) : [...values];
  return [...new Set(all)].sort((a, b) => a - b);
}

/**
 * Parses ranges separated by commas. cron ignores whatever follows the last range in a word, which is why `1#1` means
 * 1.
 */
function readList(word: string, spec: FieldSpec, reader: "debian" | "cronie"): Set<number> | undefined {
  const values = new Set<number>();
  let rest = word;
  for (;;) {
    const after = readRange(rest, spec, reader, values);
    if (after === undefined) return undefined;
    if (!after.startsWith(",")) return values;
    rest = after.slice(1);
  }
}

/** Adds the values of a range to the field, and returns the text after the range; undefined for an invalid range. */
function readRange(
  text: string,
  spec: FieldSpec,
  reader: "debian" | "cronie",
  values: Set<number>,
): string | undefined {
  const isStrict = reader === "cronie";
  let [from, to] = [spec.min, spec.max] as [number, number];
  let rest = text.slice(1);
  if (!text.startsWith("*")) {
    const first = readNumber(text, spec, isStrict ? ",-" : undefined);
    if (first === undefined) return undefined;
    if (!isStrict && first.rest.startsWith("/")) return undefined;
    if (!first.rest.startsWith("-")) {
      if (first.value < spec.min || first.value > spec.max) return undefined;
      values.add(first.value);
      return first.rest;
    }
    const last = readNumber(first.rest.slice(1), spec, isStrict ? "/," : undefined);
    if (last === undefined || (isStrict && first.value > last.value)) return undefined;
    [from, to, rest] = [first.value, last.value, last.rest];
  }
  let step = 1;
  if (rest.startsWith("/")) {
    const read = readNumber(rest.slice(1), undefined, isStrict ? "," : undefined);
    if (read === undefined || read.value === 0) return undefined;
    [step, rest] = [read.value, read.rest];
  }
  if (Math.min(from, to) < spec.min || Math.max(from, to) > spec.max) return undefined;
  for (let value = from; value <= to; value += step) values.add(value);
  return rest;
}

/** Parses a number or a three-letter name. `ends` are the characters that may follow it (default: any). */
function readNumber(text: string, spec: FieldSpec | undefined, ends: string | undefined) {
  const word = /^[A-Za-z0-9]*/.exec(text)?.[0] ?? "";
  const rest = text.slice(word.length);
  if (word === "" || (ends !== undefined && rest !== "" && !ends.includes(rest[0] as string)))
    return undefined;
  const name = spec?.names.findIndex((one) => one.slice(0, 3) === word.toLowerCase()) ?? -1;
  if (name >= 0) return { value: name + (spec?.min ?? 0), rest };
  return /^\d+$/.test(word) ? { value: Number(word), rest } : undefined;
}
