import { LajuError } from "../config/errors";

/** The maximum size of a payload or result, in characters of JSON: a queue is not for storing files. */
export const largestPayload = 16_000_000;

/** The JSON of a payload or result. Throws with the path of the first value that JSON cannot represent. */
export function encode(value: unknown, what: string): string {
  const text = stringified(value, what);
  if (text.length <= largestPayload) return text;
  throw new LajuError(`${what} has ${text.length} characters of JSON, but the limit is ${largestPayload}`, {
    code: "E_JOB_DATA",
    hint: "Keep large data in a file or a table, and pass only its name or id to the job.",
  });
}

function stringified(value: unknown, what: string): string {
  try {
    return JSON.stringify(value === undefined ? null : value, needsCare(value) ? refuseLoss : undefined);
  } catch (error) {
    throw notJson(value, what, error);
  }
}

/**
 * Whether JSON.stringify needs a replacer for this value, which makes it many times slower. Most payloads are plain and
 * flat, and need none.
 */
function needsCare(value: unknown): boolean {
  if (!isPlain(value)) return true;
  if (typeof value !== "object") return false;
  // A loop is faster than Object.values(), and this runs for every result.
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
 * A replacer that throws for values that JSON.stringify silently loses: it drops functions and symbols, and turns NaN
 * and an invalid Date into null and a Map into an empty object. `value` is the result of toJSON, if the original has
 * one.
 */
function refuseLoss(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const reason = value === null ? lostReason(this[key]) : lostReason(value);
  if (reason !== undefined) throw new TypeError(reason);
  return value;
}

function notJson(value: unknown, what: string, cause: unknown): LajuError {
  const found = findOffender(value, [], new Set());
  const path = found === undefined ? what : what + found.path.map(pathPart).join("");
  const reason = found?.reason ?? (cause instanceof Error ? cause.message : "JSON cannot represent it");
  return new LajuError(`${path} cannot be ${what === "data" ? "queued" : "stored"}: ${reason}`, {
    code: "E_JOB_DATA",
    hint: "Data must be JSON: objects, arrays, strings, finite numbers, true, false and null.",
    cause,
  });
}

interface Offender {
  path: (string | number)[];
  reason: string;
}

/** The first value, in the order of JSON.stringify, that JSON cannot represent. */
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

/** Why JSON cannot represent this value itself (not the values in it); undefined if it can. */
export function lostReason(value: unknown): string | undefined {
  if (typeof value === "bigint") return "it is a BigInt";
  if (typeof value === "function" || typeof value === "symbol") return `it is a ${typeof value}`;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `it is ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "it is an invalid Date" : undefined;
  return isEmptied(value) ? `it is ${kindOf(value)}` : undefined;
}

/** Whether JSON would keep nothing of this value (a Map, a Promise, an Error and the like), or the value is bytes. */
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

/** Whether an object defines its own JSON. */
export function hasToJson(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === "function";
}
