import { dayNumber, weekdayOf } from "../expression/civil";

/** A parsed POSIX TZ string: minutes east of UTC, and when summer time begins and ends, in local time. */
export interface PosixRule {
  standard: number;
  summer?: { offset: number; begins: PosixDate; ends: PosixDate };
}

/** The nth weekday of a month (5: the last one), and the minute of that day. */
interface PosixDate {
  month: number;
  week: number;
  weekday: number;
  minute: number;
}

/** Parses "CET-1CEST,M3.5.0,M10.5.0/3". Undefined if invalid or based on days of the year, which no current zone uses. */
export function parsePosixRule(text: string): PosixRule | undefined {
  const [all, offset, summer, begins, ends] = rule.exec(text) ?? [];
  if (all === undefined || offset === undefined) return undefined;
  const standard = 0 - minutesOf(offset);
  if (summer === undefined || begins === undefined || ends === undefined) return { standard };
  const summerOffset = summer === "" ? standard + 60 : 0 - minutesOf(summer);
  return { standard, summer: { offset: summerOffset, begins: dateOf(begins), ends: dateOf(ends) } };
}

export function posixOffset({ standard, summer }: PosixRule, minute: number): number {
  if (summer === undefined) return standard;
  const year = new Date(minute * 60_000).getUTCFullYear();
  const begins = minuteOf(summer.begins, year) - standard;
  const ends = minuteOf(summer.ends, year) - summer.offset;
  const isSummer = begins < ends ? minute >= begins && minute < ends : minute >= begins || minute < ends;
  return isSummer ? summer.offset : standard;
}

const name = "(?:[A-Za-z]{3,}|<[^>]+>)";
const time = "[+-]?\\d+(?::\\d+)*";
const date = `M\\d+\\.\\d\\.\\d(?:/${time})?`;
const rule = new RegExp(`^${name}(${time})(?:${name}((?:${time})?),(${date}),(${date}))?$`);

function minutesOf(text: string): number {
  const [hours = "0", minutes = "0"] = text.replace(/^[+-]/, "").split(":");
  const size = Number(hours) * 60 + Number(minutes);
  return text.startsWith("-") ? -size : size;
}

function dateOf(text: string): PosixDate {
  const [day, at = "2"] = text.slice(1).split("/");
  const [month, week, weekday] = day.split(".").map(Number);
  return { month, week, weekday, minute: minutesOf(at) };
}

/** In minutes since the epoch, local time. */
function minuteOf({ month, week, weekday, minute }: PosixDate, year: number): number {
  const first = dayNumber(year, month, 1);
  const next = month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1);
  let day = first + ((weekday - weekdayOf(first) + 7) % 7) + (week - 1) * 7;
  while (day >= next) day -= 7;
  return day * 1440 + minute;
}
