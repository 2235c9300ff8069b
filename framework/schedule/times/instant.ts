import { LajuError } from "../../config/errors";
import { offsetAt } from "./timezones";

const shape = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** Parses a time in ISO 8601. Without an offset, it is local time in that zone; a date alone is midnight. */
export function parseInstant(text: string, timezone: string): Date {
  const [, date, time = "00:00", seconds = ":00", offset] = shape.exec(text.trim()) ?? [];
  const zone = offset?.toUpperCase().replace(/^(...)(\d\d)$/, "$1:$2") ?? "Z";
  const stamp = Date.parse(`${date}T${time}${seconds}${zone}`);
  if (date === undefined || Number.isNaN(stamp) || !hasDay(date)) throw notATime(text);
  return new Date(offset === undefined ? fromWallClock(stamp, timezone) : stamp);
}

/** Date.parse reads February 30 as March 2. */
function hasDay(date: string): boolean {
  return new Date(`${date}T00:00Z`).toISOString().startsWith(date);
}

/** Ambiguous times resolve to the first occurrence; skipped times shift forward by the gap. */
function fromWallClock(civil: number, timezone: string): number {
  const minute = Math.floor(civil / 60_000);
  const [before, after] = [minute - 1440, minute + 1440].map((at) => offsetAt(timezone, at));
  const isRight = (offset: number) => offsetAt(timezone, minute - offset) === offset;
  const offset = !isRight(before) && isRight(after) ? after : before;
  return civil - offset * 60_000;
}

function notATime(text: string): LajuError {
  return new LajuError(`${JSON.stringify(text)} is not a valid time`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: 'Use ISO 8601, such as "2026-11-23T08:00Z" or "2026-11-23".',
  });
}
