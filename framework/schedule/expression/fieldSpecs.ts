export type FieldKey = "second" | "minute" | "hour" | "dayOfMonth" | "month" | "dayOfWeek";

export interface FieldSpec {
  readonly key: FieldKey;
  /** The field's name in messages. */
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Full names in the order of their numbers. Their first three letters are accepted as well. */
  readonly names: readonly string[];
  /** The allowed values, for messages. */
  readonly allowed: string;
}

export const weekdayNames = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
] as const;

export const monthNames = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
] as const;

const plain = { names: [] };

export const fieldSpecs = {
  second: { key: "second", label: "second", min: 0, max: 59, allowed: "0-59", ...plain },
  minute: { key: "minute", label: "minute", min: 0, max: 59, allowed: "0-59", ...plain },
  hour: { key: "hour", label: "hour", min: 0, max: 23, allowed: "0-23", ...plain },
  dayOfMonth: {
    key: "dayOfMonth",
    label: "day-of-month",
    min: 1,
    max: 31,
    allowed: "1-31, L, LW or 15W",
    ...plain,
  },
  month: { key: "month", label: "month", min: 1, max: 12, allowed: "1-12 or jan-dec", names: monthNames },
  dayOfWeek: {
    key: "dayOfWeek",
    label: "day-of-week",
    min: 0,
    max: 7,
    allowed: "0-7 or sun-sat, 5L or 1#2",
    names: weekdayNames,
  },
} as const satisfies Record<FieldKey, FieldSpec>;

export const fiveFields = [
  fieldSpecs.minute,
  fieldSpecs.hour,
  fieldSpecs.dayOfMonth,
  fieldSpecs.month,
  fieldSpecs.dayOfWeek,
] as const;

/** Parses a value of this field: digits, a full name or its first three letters. Undefined for anything else. */
export function numberOf(spec: FieldSpec, word: string): number | undefined {
  if (/^\d+$/.test(word)) return Number(word);
  if (word.length < 3) return undefined;
  const lower = word.toLowerCase();
  const index = spec.names.findIndex((name) => lower === name || lower === name.slice(0, 3));
  return index < 0 ? undefined : index + spec.min;
}
