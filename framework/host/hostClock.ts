import type { HostClock } from "../schedule/times/nextRuns";
import { offsetAt } from "../schedule/times/timezones";
import { daemonTimezone } from "./daemonTimezone";

/** What time it is here, and in which zone cron is. */
export function hostClock(): HostClock {
  const { timezone, isDaemonsOwn } = daemonTimezone();
  return { now: new Date(), hostTimezone: timezone, isDaemonsOwn };
}

/** A moment in a zone as people read it: "Mon 23 Nov 08:00". */
export function shortTime(time: Date, timeZone: string): string {
  const minute = Math.floor(time.getTime() / 60_000);
  const there = new Date((minute + offsetAt(timeZone, minute)) * 60_000);
  // "Mon, 23 Nov 2026 08:00:00 GMT"; Intl's own formatter takes as long to load as a third of a start.
  const text = there.toUTCString();
  return `${text.slice(0, 3)} ${text.slice(5, 11)} ${text.slice(-12, -7)}`;
}

/** Several such moments; all with their seconds where one is within a minute: "Mon 23 Nov 08:00:20". */
export function shortTimes(times: readonly string[], timeZone: string): string[] {
  const dates = times.map((time) => new Date(time));
  const hasSeconds = dates.some((time) => time.getTime() % 60_000 !== 0);
  return dates.map((time) => {
    const seconds = String(Math.floor(time.getTime() / 1_000) % 60).padStart(2, "0");
    return `${shortTime(time, timeZone)}${hasSeconds ? `:${seconds}` : ""}`;
  });
}
