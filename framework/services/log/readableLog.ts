import { prettyLine } from "./prettyLine";

/** Whether to use color, and UTC instead of the local time zone. */
export interface ReadableForm {
  color?: boolean;
  utc?: boolean;
}

/**
 * Formats one of the Logger's JSON lines for people: time, level, message, fields, and the stack below. Returns undefined
 * for any other line.
 */
export function readableLine(
  line: string,
  { color = false, utc = false }: ReadableForm = {},
): string | undefined {
  if (!line.startsWith('{"timestamp":"')) return undefined;
  const entry = parsed(line);
  if (entry === undefined) return undefined;
  const { timestamp, level, message, run: _, ...meta } = entry;
  const time = new Date(String(timestamp));
  if (Number.isNaN(time.getTime()) || typeof message !== "string") return undefined;
  if (typeof level !== "string" || !/^[a-z]{1,12}$/.test(level)) return undefined;
  return prettyLine({ time, level, message, run: undefined, meta }, color, utc);
}

/** Formats the JSON lines in a string for a notification, in UTC like its other times. */
export function readableText(text: string): string {
  return text
    .split("\n")
    .map((line) => readableLine(line, { utc: true }) ?? line)
    .join("\n");
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // The line is truncated or was not written by the Logger.
  }
}
