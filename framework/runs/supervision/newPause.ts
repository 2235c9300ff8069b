import { parseDuration } from "../../config/duration";
import { LajuError } from "../../config/errors";
import type { Pause } from "./pause";

/** A pause from now on, as requested by a person. Throws a LajuError if its end is invalid. */
export function newPause(
  { reason, until }: { reason?: string | undefined; until?: string | undefined },
  now: number,
): Pause {
  return { reason: reason ?? null, since: now, until: until === undefined ? null : endOf(until, now) };
}

function endOf(text: string, now: number): number {
  const isDate =
    /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text) && isDay(text.slice(0, 10));
  // Date.parse reads a bare date as UTC, but a date with a time as local time.
  const time = isDate
    ? Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"))
    : now + durationOf(text);
  if (time > now) return time;
  throw new LajuError(`--until ${text} is ${Number.isNaN(time) ? "not a time" : "in the past"}`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: 'Give a duration, such as "2h", or a time, such as "2026-11-24 08:00".',
  });
}

/** Date.parse turns February 30 into March 2. */
function isDay(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** A duration in milliseconds; NaN for anything else, so that the caller's error can name both forms. */
function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return Number.NaN;
  }
}
