import { LajuError } from "laju/errors";

/** A named period of time, in milliseconds since the epoch: from `from` (inclusive) to `to` (exclusive). */
export interface Period {
  name: string;
  from: number;
  to: number;
}

const dayMs = 86_400_000;

/** The previous day in the host's time zone, which cron uses too. It has 23 or 25 hours when the clocks change. */
export function dayBefore(now: Date): Period {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const from = new Date(year, month, day - 1);
  return { name: isoDay(from), from: from.getTime(), to: new Date(year, month, day).getTime() };
}

/** The previous month in the host's time zone. */
export function monthBefore(now: Date): Period {
  const [year, month] = [now.getFullYear(), now.getMonth()];
  const from = new Date(year, month - 1, 1);
  return { name: isoDay(from).slice(0, 7), from: from.getTime(), to: new Date(year, month, 1).getTime() };
}

/** The time this many days ago, for options such as `--days 30`. */
export function daysBefore(now: Date, days: string): number {
  if (/^[1-9]\d{0,4}$/.test(days)) return now.getTime() - Number(days) * dayMs;
  throw new LajuError(`--days is ${JSON.stringify(days)}, expected a whole number from 1 to 99999`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "For example --days 30.",
  });
}

/** The date in local time. (toISOString() would give the date in UTC.) */
function isoDay(date: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
