import { LajuError } from "../config/errors";

/** The largest payload or result, in characters of its JSON: a queue is no place for files. */
export const largestPayload = 16_000_000;

/** JSON of a payload or result. What JSON cannot hold is refused, with the path of the offending value. */
export function encode(value: unknown, what: string): string {
  const text = stringified(value, what);
  if (text.length <= largestPayload) return text;
  throw new LajuError(`${what} is ${text.length} characters of JSON, more than ${largestPayload}`, {
    code: "E_JOB_DATA",
    hint: "Keep large things in a file or a table, and give the job their name or id.",
  });
}

function stringified(value: unknown, what: string): string {
  try {
    return JSON.stringify(value === undefined ? null : value, needsCare(value) ? refuseLoss : undefined);
  } catch (error) {
    throw notJson(value, what, error);
  }
}

/** A replacer makes JSON.stringify many times slower; most payloads are plain and flat. */
function needsCare(value: unknown): boolean {
  if (!isPlain(value)) return true;
  if (typeof value !== "object") return false;
  // No Object.values(): this runs for each result.
  for (const key in value) if (!isLeaf(value[key as keyof typeof value])) return true;
  return false;
}

function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isLeaf(value);
  const maker = value.constructor;
  return (maker === Object || maker === Array) && !("toJSON" in value);
}

function isLeaf(value: unknown): boolean {
  return (
    typeof value === "string" ||
    typeof value === "boolean" ||
    value === null ||
    value === undefined ||
    (typeof value === "number" && Number.isFinite(value))
  );
}

/**
 * JSON.stringify drops functions and symbols without a word, makes NaN and a Date that is none null, and an empty object
 * of a Map. `value` is what toJSON has made of what the object holds.
 */
function refuseLoss(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const reason = value === null ? lostReason(this[key]) : lostReason(value);
  if (reason !== undefined) throw new TypeError(reason);
  return value;
}

function notJson(value: unknown, what: string, cause: unknown): LajuError {
  const found = findOffender(value, [], new Set());
  const path = found === undefined ? what : what + found.path.map(pathPart).join("");
  const reason = found?.reason ?? (cause instanceof Error ? cause.message : "it has no JSON");
  return new LajuError(`${path} cannot be ${what === "data" ? "queued" : "kept"}: ${reason}`, {
    code: "E_JOB_DATA",
    hint: "Data is JSON: objects, arrays, texts, finite numbers, true, false and null.",
    cause,
  });
}

interface Offender {
  path: (string | number)[];
  reason: string;
}

/** The first value, in the order of JSON.stringify, that it cannot hold. */
function findOffender(value: unknown, path: (string | number)[], above: Set<object>): Offender | undefined {
  const reason = lostReason(value);
  if (reason !== undefined) return { path, reason };
  if (typeof value !== "object" || value === null) return undefined;
  if (above.has(value)) return { path, reason: "it contains itself" };
  if (hasToJson(value)) return undefined;
  above.add(value);
  for (const [key, inner] of Object.entries(value)) {
    const found = findOffender(inner, [...path, Array.isArray(value) ? Number(key) : key], above);
    if (found !== undefined) return found;
  }
  above.delete(value);
  return undefined;
}

function pathPart(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** Why JSON cannot hold this very value, whatever it contains; undefined where it can. */
export function lostReason(value: unknown): string | undefined {
  if (typeof value === "bigint") return "it is a BigInt";
  if (typeof value === "function" || typeof value === "symbol") return `it is a ${typeof value}`;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `it is ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "it is an invalid Date" : undefined;
  return isEmptied(value) ? `it is ${kindOf(value)}` : undefined;
}

/** A Map, a Promise, an Error and the like, of which JSON keeps nothing, and bytes. */
function isEmptied(value: object): boolean {
  if (Array.isArray(value) || hasToJson(value)) return false;
  if (ArrayBuffer.isView(value)) return true;
  const isOurs = /^\[object (Object|String|Number|Boolean)\]$/.test(Object.prototype.toString.call(value));
  return !isOurs && Object.keys(value).length === 0;
}

function kindOf(value: object): string {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
}

/** Such an object says itself what JSON is to hold of it. */
export function hasToJson(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === "function";
}
