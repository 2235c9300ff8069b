import type { Intended } from "./entryChecks";
import { changesOf, type Range, rangesAroundChanges } from "./ranges";

export const hosts = [
  "UTC",
  "Europe/Berlin",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "America/St_Johns",
] as const;

/** Schedules of which some need a guard in their crontab line. */
export const zoned: Intended[] = [
  { expression: "30 9 * * 1-5", timezone: "America/New_York" },
  { expression: "30 2 * * *", timezone: "America/New_York" },
  { expression: "40 1,2 * * *", timezone: "America/New_York" },
  { expression: "15 2 * * *", timezone: "Europe/Berlin" },
  { expression: "0-59/20 2 * * sun", timezone: "Europe/Berlin" },
  { expression: "*/20 1-3 * * *", timezone: "Europe/Berlin" },
  { expression: "7 * * * *", timezone: "Asia/Kathmandu" },
  { expression: "10 2 * * *", timezone: "Australia/Lord_Howe" },
  { expression: "45 1 * * *", timezone: "Australia/Lord_Howe" },
  { expression: "30 0 * * *", timezone: "America/St_Johns" },
  { expression: "0 12 1,15 * 0", timezone: "Asia/Kolkata" },
  { expression: "30 23 L * *", timezone: "Pacific/Auckland" },
  { expression: "58 23 * * 0,6", timezone: "Australia/Lord_Howe" },
  { expression: "30 8 * * *", timezone: "UTC" },
  { expression: "0,30 45 1 * * *", timezone: "America/New_York" },
  { expression: "rate(3 days)", timezone: "America/New_York" },
];

export const rates: Intended[] = [
  { expression: "rate(45 minutes)" },
  { expression: "@every 90m" },
  { expression: "rate(5 hours)" },
  { expression: "rate(36 hours)" },
  { expression: "rate(2 days)" },
];

/** A crontab line that cron starts every minute, with a guard that decides by the seconds since the epoch. */
export const everyMinute: Intended[] = [{ expression: "rate(7 minutes)" }];

export const calendars: Intended[] = [
  { expression: "0 6 L * *" },
  { expression: "5 6 LW * *" },
  { expression: "10 6 * * 5L" },
  { expression: "15 6 * * 1#2" },
  { expression: "20 6 15W * *" },
  { expression: "25 6 1W,31W * *" },
  { expression: "30 6 L,10 * 3#1" },
  { expression: "35 6 */2 * 0#3,6L" },
  { expression: "40 6 L 2,6 mon" },
  { expression: "45 6 28-3 * *" },
  { expression: "50 6 * * fri-mon" },
  { expression: "57 23 L * *" },
  { expression: "rate(2 weeks)" },
  { expression: "rate(10 days)" },
];

/**
 * The periods around the clock changes of 2028 in which something can go wrong. Around the host's own changes (or Berlin's,
 * if it has none), all schedules are tested for a day. Around another zone's changes, only the hours in which that
 * zone's schedules start are tested.
 */
export function trialsOn(host: string, all: readonly Intended[]): { intended: Intended[]; range: Range }[] {
  const home = changesOf(host, 2028).length > 0 ? host : "Europe/Berlin";
  const zones = new Set([home, ...all.flatMap(({ timezone }) => timezone ?? [])]);
  return [...zones].flatMap((zone) => {
    const intended = all.filter(({ timezone }) => zone === home || timezone === zone);
    const hours = zone === home ? { before: 10, after: 16 } : { before: 3, after: 4 };
    return rangesAroundChanges([zone], hours).map((range) => ({ intended, range }));
  });
}
