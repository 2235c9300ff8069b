import { errorMessage, innerErrors, readSafely } from "../../text/errorText";
import { isError } from "../../text/isError";

/** Limits how much of a value is logged, because walking a whole socket or request would take seconds. */
const depthLimit = 8;
const objectLimit = 2000;
const longestMessage = 100_000;
const maxInner = 20;

interface Walk {
  parents: object[];
  objectsLeft: number;
}

/** Converts any value to one that JSON can represent. Never throws or loops, and keeps what JSON silently drops. */
export function plainValue(value: unknown): unknown {
  return plain(value, { parents: [], objectsLeft: objectLimit });
}

/** An error as fields of a log line. `error` is always a string, as in `{ error: e.message }`. */
export function errorFields(error: Error): Record<string, unknown> {
  const read = (key: string) => readSafely(error, key);
  const optional = { code: read("code"), hint: read("hint"), stack: read("stack"), cause: read("cause") };
  const inner = innerErrors(error);
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    error: errorMessage(error, longestMessage),
    ...Object.fromEntries(present),
    ...(inner.length > 0 && { errors: inner.slice(0, maxInner) }),
  };
}

/** Appends underscores to a field name that the line already uses: `level` becomes `level_`. */
export function freeName(name: string, taken: object, others: object): string {
  let free = name;
  while (Object.hasOwn(taken, free) || (free !== name && Object.hasOwn(others, free))) free += "_";
  return free;
}

function plain(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case "bigint":
    case "symbol":
      return value.toString();
    case "function":
      return `[function ${value.name || "anonymous"}]`;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "object":
      return value === null ? null : plainObject(value, walk);
    default:
      return value;
  }
}

function plainObject(value: object, walk: Walk): unknown {
  if (walk.parents.includes(value)) return "[circular]";
  if (walk.parents.length >= depthLimit || walk.objectsLeft-- <= 0) return "[…]";
  walk.parents.push(value);
  try {
    return plainContents(value, walk);
  } catch (error) {
    return `[unreadable: ${errorMessage(error, 200)}]`;
  } finally {
    walk.parents.pop();
  }
}

function plainContents(value: object, walk: Walk): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, walk));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (isError(value)) return plainEntries(Object.entries(errorEntries(value)), walk);
  if (value instanceof Map) return plainEntries([...value], walk);
  if (value instanceof Set) return [...value].map((item) => plain(item, walk));
  if (ArrayBuffer.isView(value)) return `[${value.constructor.name}, ${value.byteLength} bytes]`;
  if (value instanceof RegExp) return String(value);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return plain(toJSON.call(value), walk);
  return plainEntries(Object.entries(value), walk);
}

function errorEntries(error: Error): Record<string, unknown> {
  const { error: message, ...rest } = errorFields(error);
  return { name: readSafely(error, "name"), message, ...rest };
}

function plainEntries(entries: [unknown, unknown][], walk: Walk): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    const name = typeof key === "string" ? key : String(plain(key, walk));
    // Assigning result["__proto__"] would change the object's prototype instead of adding a field.
    if (name === "__proto__")
      Object.defineProperty(result, name, { value: plain(value, walk), enumerable: true });
    else result[name] = plain(value, walk);
  }
  return result;
}
