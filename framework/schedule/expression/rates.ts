import { parseDuration } from "../../config/duration";
import { LajuError } from "../../config/errors";
import { Misspelling, shown } from "./problems";

/**
 * A parsed rate: fields (with a cycle of days if necessary) if cron can express it, or else an interval counted from
 * the epoch.
 */
export type Rate =
  | { kind: "calendar"; fields: string; cycle?: { days: number; shift: number } }
  | { kind: "interval"; minutes: number; fields?: undefined; cycle?: undefined };

const dayMinutes = 1440;
const longestDays = 3660;

/** Parses `rate(45 minutes)` or `@every 90m`; undefined if the text is neither. */
export function parseRate(text: string): Rate | undefined {
  const word = text.trim();
  if (/^@every\b/.test(word)) return every(text, word);
  if (!/^rate\b/i.test(word)) return undefined;
  const match = /^rate\(\s*(\d+)\s*(second|minute|hour|day|week)s?\s*\)$/.exec(word);
  const rate = match ? rateOf(Number(match[1]), match[2]) : undefined;
  if (rate) return rate;
  throw invalidRate(text, word, guesses(word));
}

function every(text: string, word: string): Rate {
  const duration = word.slice("@every".length).trim();
  const minutes = minutesOf(duration);
  if (minutes !== undefined && Number.isInteger(minutes)) {
    const isDays = minutes % dayMinutes === 0;
    const rate = isDays ? rateOf(minutes / dayMinutes, "day") : rateOf(minutes, "minute");
    if (rate) return rate;
  }
  const seconds = minutes === undefined ? 0 : Math.round(minutes * 60);
  const whole = Math.max(1, Math.round(minutes ?? 10));
  throw invalidRate(text, word, [
    ...(seconds > 0 && 60 % seconds === 0 ? [`*/${seconds} * * * * *`] : []),
    `@every ${whole}m`,
    "@every 10m",
  ]);
}

function minutesOf(duration: string): number | undefined {
  try {
    return parseDuration(duration) / 60_000;
  } catch (error) {
    if (error instanceof LajuError) return undefined;
    throw error;
  }
}

function rateOf(count: number, unit: string): Rate | undefined {
  if (count === 0) return undefined;
  if (unit === "second") return seconds(count);
  if (unit === "week") return count * 7 > longestDays ? undefined : weeks(count);
  if (unit === "day") return count > longestDays ? undefined : days(count);
  const minutes = unit === "hour" ? count * 60 : count;
  return minutes > longestDays * dayMinutes ? undefined : minutesRate(minutes);
}

/**
 * A rate of this many seconds; undefined if fields cannot express it, because it is neither whole minutes nor a divisor
 * of a minute.
 */
function seconds(count: number): Rate | undefined {
  if (count % 60 === 0) return rateOf(count / 60, "minute");
  const step = count === 1 ? "*" : `*/${count}`;
  return 60 % count === 0 ? { kind: "calendar", fields: `${step} * * * * *` } : undefined;
}

function weeks(count: number): Rate {
  // The shift makes weeks begin on Monday, because day 0 (1970-01-01) was a Thursday.
  return {
    kind: "calendar",
    fields: "0 0 * * 1",
    ...(count > 1 && { cycle: { days: count * 7, shift: 3 } }),
  };
}

function days(count: number): Rate {
  return { kind: "calendar", fields: "0 0 * * *", ...(count > 1 && { cycle: { days: count, shift: 0 } }) };
}

function minutesRate(minutes: number): Rate {
  if (minutes === 1) return { kind: "calendar", fields: "* * * * *" };
  if (minutes < 60 && 60 % minutes === 0) return { kind: "calendar", fields: `*/${minutes} * * * *` };
  if (minutes === 60) return { kind: "calendar", fields: "0 * * * *" };
  if (minutes === dayMinutes) return days(1);
  const hours = minutes / 60;
  if (Number.isInteger(hours) && 24 % hours === 0) return { kind: "calendar", fields: `0 */${hours} * * *` };
  return { kind: "interval", minutes };
}

function invalidRate(text: string, word: string, candidates: readonly string[]): Misspelling {
  return new Misspelling(
    `schedule ${shown(text)} is not an interval of whole minutes up to ten years, or of seconds that divide a minute`,
    {
      offset: text.indexOf(word),
      length: word.length,
      found: word,
      allowed: "An interval is rate(n minutes|hours|days|weeks), rate(30 seconds) or @every 10m",
    },
    candidates,
  );
}

function guesses(word: string): string[] {
  const count = Math.max(1, Number(/\d+/.exec(word)?.[0] ?? 10));
  const seconds = /^rate\(\s*(\d+)\s*s/i.exec(word)?.[1];
  if (seconds !== undefined) return [`rate(${nearestDivisor(Number(seconds))} seconds)`, "rate(30 seconds)"];
  const unit = /\b(h|d|w|minute|hour|day|week)/i.exec(word)?.[1].toLowerCase() ?? "m";
  const name = { m: "minute", h: "hour", d: "day", w: "week" }[unit[0]] ?? "minute";
  const spelling = `rate(${count} ${name}${count === 1 ? "" : "s"})`;
  return [spelling, "rate(10 minutes)"];
}

/** The nearest number of seconds that divides a minute or is a whole number of minutes. */
function nearestDivisor(seconds: number): number {
  if (seconds > 45) return Math.max(1, Math.round(seconds / 60)) * 60;
  const divisors = [2, 3, 4, 5, 6, 10, 12, 15, 20, 30];
  return divisors.reduce((best, one) => (Math.abs(one - seconds) < Math.abs(best - seconds) ? one : best));
}
