import { LajuError } from "../../config/errors";
import { offsetAt } from "./timezones";

const shape = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** A moment in ISO 8601. Without an offset it is the wall clock of that zone; a date alone is its midnight. */
export function parseInstant(text: string, timezone: string): Date {
  const [, date, time = "00:00", seconds = ":00", offset] = shape.exec(text.trim()) ?? [];
  const zone = offset?.toUpperCase().replace(/^(...)(\d\d)$/, "$1:$2") ?? "Z";
  const stamp = Date.parse(`${date}T${time}${seconds}${zone}`);
  if (date === undefined || Number.isNaN(stamp) || !hasDay(date)) throw notAMoment(text);
  return new Date(offset === undefined ? fromWallClock(stamp, timezone) : stamp);
}

/** Date.parse takes 30 February for 2 March. */
function hasDay(date: string): boolean {
  return new Date(`${date}T00:00Z`).toISOString().startsWith(date);
}

/** Of a time that comes twice the first; a time that the clocks skip is as long after the gap as it is into it. */
function fromWallClock(civil: number, timezone: string): number {
  const minute = Math.floor(civil / 60_000);
  const [before, after] = [minute - 1440, minute + 1440].map((at) => offsetAt(timezone, at));
  const isRight = (offset: number) => offsetAt(timezone, minute - offset) === offset;
  const offset = !isRight(before) && isRight(after) ? after : before;
  return civil - offset * 60_000;
}

function notAMoment(text: string): LajuError {
  return new LajuError(`${JSON.stringify(text)} is not a moment`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: 'Write it as ISO 8601, such as "2026-11-23T08:00Z" or "2026-11-23".',
  });
}
