import { errorMessage } from "../../text/errorText";
import { isError } from "../../text/isError";
import { escapedInJson } from "../../text/printable";
import { freeName, plainValue } from "./logValue";

export interface LogEntry {
  time: Date;
  level: string;
  message: unknown;
  /** The id of the run that wrote the line, if any. */
  run: string | undefined;
  meta: Record<string, unknown>;
}

/** Formats a log entry as one JSON object. The caller's fields come last and never replace the standard ones. */
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

export function messageText(message: unknown): string {
  if (typeof message === "string") return message;
  if (isError(message)) return errorMessage(message);
  const value = plainValue(message);
  return typeof value === "string" ? value : String(JSON.stringify(value));
}

/** Equivalent to toISOString(), whose first call costs 1 ms. */
function instant(time: Date): string {
  const date = `${time.getUTCFullYear()}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`;
  const clock = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
  return `${date}T${clock}.${String(time.getUTCMilliseconds()).padStart(3, "0")}Z`;
}

export function two(value: number): string {
  return String(value).padStart(2, "0");
}
