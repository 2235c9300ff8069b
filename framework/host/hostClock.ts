import type { HostClock } from "../schedule/times/nextRuns";
import { offsetAt } from "../schedule/times/timezones";
import { daemonTimezone } from "./daemonTimezone";

/** The current time and cron's time zone. */
export function hostClock(): HostClock {
  const { timezone, isDaemonsOwn } = daemonTimezone();
  return { now: new Date(), hostTimezone: timezone, isDaemonsOwn };
}

/** Formats a time for people: "Mon 23 Nov 08:00". */
export function shortTime(time: Date, timeZone: string): string {
  const minute = Math.floor(time.getTime() / 60_000);
  const there = new Date((minute + offsetAt(timeZone, minute)) * 60_000);
  // The text is like "Mon, 23 Nov 2026 08:00:00 GMT". Intl's formatter would be slower: loading it takes a third of a
  // start.
  const text = there.toUTCString();
  return `${text.slice(0, 3)} ${text.slice(5, 11)} ${text.slice(-12, -7)}`;
}

/** Formats several times. If one of them has seconds, all are shown with seconds: "Mon 23 Nov 08:00:20". */
export function shortTimes(times: readonly string[], timeZone: string): string[] {
  const dates = times.map((time) => new Date(time));
  const hasSeconds = dates.some((time) => time.getTime() % 60_000 !== 0);
  return dates.map((time) => {
    const seconds = String(Math.floor(time.getTime() / 1_000) % 60).padStart(2, "0");
    return `${shortTime(time, timeZone)}${hasSeconds ? `:${seconds}` : ""}`;
  });
}
