import { prettyLine } from "./prettyLine";

/** How it looks: with colors, and in which zone times are. */
export interface ReadableForm {
  colour?: boolean;
  utc?: boolean;
}

/**
 * A line of the Logger's JSON as a person reads it: time, level, message, fields, and its stack below. Undefined for
 * every other line, which is left as it is.
 */
export function readableLine(
  line: string,
  { colour = false, utc = false }: ReadableForm = {},
): string | undefined {
  if (!line.startsWith('{"timestamp":"')) return undefined;
  const entry = parsed(line);
  if (entry === undefined) return undefined;
  const { timestamp, level, message, run: _, ...meta } = entry;
  const time = new Date(String(timestamp));
  if (Number.isNaN(time.getTime()) || typeof message !== "string") return undefined;
  if (typeof level !== "string" || !/^[a-z]{1,12}$/.test(level)) return undefined;
  return prettyLine({ time, level, message, run: undefined, meta }, colour, utc);
}

/** The same for text of many lines, as a notice carries it: in UTC, as its other times are. */
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
    return undefined; // Cut off, or another program's line.
  }
}
