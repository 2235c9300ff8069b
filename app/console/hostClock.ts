import { hostTimezone } from "../config/hostTimezone";
import type { HostClock } from "../schedule/nextRuns";

/** What time it is here, and in which zone. */
export function hostClock(): HostClock {
  return { now: new Date(), hostTimezone: hostTimezone() };
}

/** A moment in a zone as people read it: "Mon 23 Nov 08:00". */
export function shortTime(time: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "2-digit",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(time);
  const part = (type: string) => parts.find((one) => one.type === type)?.value;
  return `${part("weekday")} ${part("day")} ${part("month")} ${part("hour")}:${part("minute")}`;
}
