import { printable } from "../../text/printable";
import { type LogEntry, messageText, two } from "./logLine";
import { plainValue } from "./logValue";
import { withoutInternalFrames } from "./ownFrames";

/** Formats a log entry for people: `09:15:02 INFO  Digest sent  count=12`, with stacks below it. */
export function prettyLine({ time, level, message, meta }: LogEntry, color: boolean, utc = false): string {
  const paint = (code: number, text: string) => (color ? `\x1b[${code}m${text}\x1b[0m` : text);
  const { stack, cause, ...others } = meta;
  const { errors, ...withoutErrors } = others;
  const hasInner = stack !== undefined && Array.isArray(errors);
  const fields = Object.entries(hasInner ? withoutErrors : others)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${paint(2, `${printable(key)}=`)}${printable(fieldText(plainValue(value)))}`);
  const head = `${paint(2, clock(time, utc))} ${paint(levelColors[level] ?? 0, level.toUpperCase().padEnd(5))}`;
  const lines = [`${head} ${[continued(printable(messageText(message))), ...fields].join("  ")}`];
  if (stack !== undefined) lines.push(indented(plainValue(stack)));
  if (hasInner) lines.push(...innerTexts(plainValue(errors)).map(indented));
  if (cause !== undefined) lines.push(indented(causeText(plainValue(cause))));
  return lines.join("\n");
}

const levelColors: Record<string, number> = { error: 31, warn: 33, info: 32, http: 36, debug: 35 };

/** Avoids Intl, whose first use costs 10 ms. */
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

/** The text of an error already converted by plainValue(), including its inner errors and cause. */
function plainErrorText(error: unknown): string {
  const { stack, cause, errors } = (error ?? {}) as { stack?: unknown; cause?: unknown; errors?: unknown };
  if (typeof stack !== "string") return typeof error === "string" ? error : JSON.stringify(error);
  const inner = innerTexts(errors).map(indented);
  return [stack, ...inner, ...(cause === undefined ? [] : [causeText(cause)])].join("\n");
}

/** Indents continuation lines, so that a multi-line message can't be mistaken for several messages. */
function continued(text: string): string {
  return text.replaceAll("\n", "\n  ");
}

function indented(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return printable(withoutInternalFrames(text)).replace(/^/gm, "  ");
}
