import { errorMessage, isError } from "./errorText";
import { freeName, plainValue } from "./logValue";
import { withoutInternalFrames } from "./ownFrames";
import { escapedInJson, printable } from "./printable";

export interface LogEntry {
  time: Date;
  level: string;
  message: unknown;
  /** The run that wrote it, where there is one. */
  run: string | undefined;
  meta: Record<string, unknown>;
}

/** One JSON object. What the caller gave can never stand in the place of the fields before it. */
export function jsonLine({ time, level, message, run, meta }: LogEntry): string {
  const line: Record<string, unknown> = {
    timestamp: instant(time),
    level,
    message: messageText(message),
  };
  if (run !== undefined) line.run = run;
  for (const [key, value] of Object.entries(meta)) line[freeName(key, line, meta)] = plainValue(value);
  return escapedInJson(JSON.stringify(line));
}

/** A line for people: `09:15:02 INFO  Digest sent  count=12`, with stacks below it. */
export function prettyLine({ time, level, message, meta }: LogEntry, colour: boolean, utc = false): string {
  const paint = (code: number, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const { stack, cause, ...others } = meta;
  const { errors, ...withoutErrors } = others;
  const hasInner = stack !== undefined && Array.isArray(errors);
  const fields = Object.entries(hasInner ? withoutErrors : others)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${paint(2, `${printable(key)}=`)}${printable(fieldText(plainValue(value)))}`);
  const head = `${paint(2, clock(time, utc))} ${paint(levelColours[level] ?? 0, level.toUpperCase().padEnd(5))}`;
  const lines = [`${head} ${[continued(printable(messageText(message))), ...fields].join("  ")}`];
  if (stack !== undefined) lines.push(indented(plainValue(stack)));
  if (hasInner) lines.push(...innerTexts(plainValue(errors)).map(indented));
  if (cause !== undefined) lines.push(indented(causeText(plainValue(cause))));
  return lines.join("\n");
}

const levelColours: Record<string, number> = { error: 31, warn: 33, info: 32, http: 36, debug: 35 };

function messageText(message: unknown): string {
  if (typeof message === "string") return message;
  if (isError(message)) return errorMessage(message);
  const value = plainValue(message);
  return typeof value === "string" ? value : String(JSON.stringify(value));
}

/** As toISOString writes it, whose first use costs 1 ms. */
function instant(time: Date): string {
  const date = `${time.getUTCFullYear()}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`;
  const clock = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
  return `${date}T${clock}.${String(time.getUTCMilliseconds()).padStart(3, "0")}Z`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Without Intl, whose first use costs 10 ms. */
function clock(time: Date, utc: boolean): string {
  if (utc) return `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function fieldText(value: unknown): string {
  if (typeof value === "string") return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? String(value);
}

function causeText(cause: unknown): string {
  return `caused by ${plainErrorText(cause)}`;
}

function innerTexts(errors: unknown): string[] {
  if (!Array.isArray(errors)) return [];
  return errors.map((error, index) => `error ${index + 1} of ${errors.length}: ${plainErrorText(error)}`);
}

/** An error that plainValue() has made plain, with what is inside it. */
function plainErrorText(error: unknown): string {
  const { stack, cause, errors } = (error ?? {}) as { stack?: unknown; cause?: unknown; errors?: unknown };
  if (typeof stack !== "string") return typeof error === "string" ? error : JSON.stringify(error);
  const inner = innerTexts(errors).map(indented);
  return [stack, ...inner, ...(cause === undefined ? [] : [causeText(cause)])].join("\n");
}

/** A message of several lines doesn't pass for several messages. */
function continued(text: string): string {
  return text.replaceAll("\n", "\n  ");
}

function indented(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return printable(withoutInternalFrames(text)).replace(/^/gm, "  ");
}
