import { LajuError } from "../config/errors";
import { isError } from "./isError";

/**
 * How many nested causes to show, how many of an AggregateError's errors, and how many of those in a one-line message.
 */
const longestChain = 10;
const maxInner = 10;
const innerInHeadline = 5;
/**
 * The maximum number of errors to show in total. Without it, a getter that creates a new error on every call would
 * never end.
 */
const maxErrors = 50;

/**
 * Describes any thrown value: an error's stack, causes and inner errors; a LajuError's message and hint; any other
 * value as `threw …`. Never throws, even if the value's getters or proxy traps do. Returns at most `longest` characters
 * that every database accepts (no NUL, no unpaired surrogates).
 */
export function errorText(thrown: unknown, longest = 8_000): string {
  return bounded(describe(thrown, { seen: [], longest }), longest);
}

/**
 * An error's message, without name and stack. Includes the messages of an AggregateError's inner errors, because the
 * outer one can be empty, as when no address of a host responds.
 */
export function errorMessage(thrown: unknown, longest = 8_000): string {
  if (!isError(thrown)) return bounded(shown(thrown, longest), longest);
  return bounded(headline(thrown, longest, []) || nameOf(thrown), longest);
}

/** Reads a property whose getter might throw. */
export function readSafely(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** The errors inside an AggregateError or a similar error. */
export function innerErrors(error: object): unknown[] {
  const errors = readSafely(error, "errors");
  try {
    if (!Array.isArray(errors)) return [];
    const some = Array.prototype.slice.call(errors, 0, 1_000);
    // Validation libraries store plain objects in `errors`, and already describe them in the message.
    return error instanceof AggregateError || some.some(isError) ? some : [];
  } catch {
    return [];
  }
}

interface Walk {
  seen: unknown[];
  longest: number;
}

function describe(thrown: unknown, walk: Walk): string {
  const parts: string[] = [];
  let label = "";
  for (let error = thrown; parts.length < longestChain; label = "Caused by: ") {
    if (walk.seen.includes(error) || walk.seen.length >= maxErrors) break;
    walk.seen.push(error);
    parts.push(label + ownText(error, walk), ...innerTexts(error, walk));
    if (!isError(error)) break;
    error = readSafely(error, "cause");
    if (error === undefined) break;
  }
  return parts.join("\n");
}

function ownText(error: unknown, { longest }: Walk): string {
  if (!isError(error)) return `threw ${error === "" ? "an empty string" : shown(error, longest)}`;
  const message = headline(error, longest, []);
  if (isOurs(error)) {
    return [message, readSafely(error, "hint")].filter((text) => typeof text === "string").join("\n");
  }
  const name = nameOf(error);
  const head = message === "" || message.startsWith(`${name}: `) ? message || name : `${name}: ${message}`;
  return [head, ...stackBelow(error, longest)].join("\n");
}

function innerTexts(error: unknown, walk: Walk): string[] {
  if (!isError(error)) return [];
  const errors = innerErrors(error);
  return errors.slice(0, maxInner).flatMap((inner, index) => {
    const text = describe(inner, walk);
    return text === "" ? [] : [`  Error ${index + 1} of ${errors.length}: ${text.replaceAll("\n", "\n  ")}`];
  });
}

/** The message, followed by the messages of any inner errors, so that they appear even where only one line is shown. */
function headline(error: Error, longest: number, outer: unknown[]): string {
  const message = textOf(readSafely(error, "message"), longest) || codeOf(error, longest);
  if (outer.includes(error) || outer.length > 2) return message;
  const errors = innerErrors(error);
  const inner = errors.slice(0, innerInHeadline).map((one) => {
    if (!isError(one)) return shown(one, 200);
    return (headline(one, 200, [...outer, error]) || nameOf(one)).split("\n", 1)[0] as string;
  });
  if (inner.length === 0) return message;
  const all = [...new Set(inner)].join("; ");
  const rest = errors.length > innerInHeadline ? `; … ${errors.length} in all` : "";
  const [first = "", ...more] = message.split("\n");
  const ownMessage = readSafely(error, "message");
  return [ownMessage ? `${first}: ${all}${rest}` : `${all}${rest}`, ...more].join("\n");
}

function isOurs(error: Error): boolean {
  try {
    return error instanceof LajuError;
  } catch {
    return false;
  }
}

function nameOf(error: Error): string {
  const name = readSafely(error, "name");
  return typeof name === "string" && name !== "" ? name.slice(0, 200) : "Error";
}

function codeOf(error: Error, longest: number): string {
  return textOf(readSafely(error, "code"), longest);
}

/**
 * Returns the stack without its message. Text that V8 puts before the message, such as the source line of a
 * SyntaxError, comes first, then the frames.
 */
function stackBelow(error: Error, longest: number): string[] {
  const stack = readSafely(error, "stack");
  if (typeof stack !== "string") return [];
  const message = textOf(readSafely(error, "message"), longest);
  const said = message === "" ? -1 : stack.indexOf(message);
  const above = said < 0 ? "" : stack.slice(0, stack.lastIndexOf("\n", said) + 1);
  const below = stack.slice(Math.max(said, 0) + (said < 0 ? 0 : message.length));
  const frames = below.search(/^ +at /m);
  const rest = frames >= 0 ? below.slice(frames) : said < 0 ? stack : below;
  return [above, rest].map((text) => text.slice(0, longest).trimEnd()).filter((text) => text.trim() !== "");
}

function textOf(value: unknown, longest: number): string {
  if (typeof value === "string") return value.slice(0, longest);
  return value === undefined || value === null ? "" : shown(value, longest);
}

/** Formats a value as console.log does, in one line. */
function shown(value: unknown, longest: number): string {
  if (typeof value === "string") return value.slice(0, longest);
  try {
    const { inspect } = process.getBuiltinModule("node:util");
    const options = { depth: 4, maxArrayLength: 20, maxStringLength: longest, customInspect: false };
    return inspect(value, { ...options, compact: true, breakLength: Number.POSITIVE_INFINITY });
  } catch {
    return `a value that cannot be read (${typeof value})`;
  }
}

function bounded(text: string, longest: number): string {
  const short = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL's text type can't contain NUL.
  return short.replace(/\p{Surrogate}|\u0000/gu, "\ufffd");
}
