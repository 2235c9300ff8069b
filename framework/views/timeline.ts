import type { CommandFacts } from "../metadata/manifest";
import { schedulesOf } from "../schedule/expression/schedulesOf";
import { firingsAfter } from "../schedule/times/firings";
import type { HostClock } from "../schedule/times/nextRuns";
import { offsetAt } from "../schedule/times/timezones";

/** A minute in which commands start. */
export interface TimelineStart {
  at: string;
  /** The commands' names, in list order. */
  names: string[];
}

/** An hour of the host's clock and the starts in it: a row of `list --timeline --json`. */
export interface TimelineHour {
  hour: string;
  starts: TimelineStart[];
}

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** The starts in the next 24 hours, hour by hour, including hours without a start. */
export function timelineOf(commands: readonly CommandFacts[], clock: HostClock): TimelineHour[] {
  const minutes = startsByMinute(commands, clock);
  const now = clock.now.getTime();
  const hours: TimelineHour[] = [];
  for (let hour = hourOf(now, clock); hour < now + dayMs; hour = hourOf(hour + 60 * minuteMs, clock)) {
    hours.push({ hour: iso(hour), starts: [] });
  }
  const byHour = new Map(hours.map((row) => [row.hour, row]));
  for (const [at, names] of [...minutes].sort(([a], [b]) => a - b)) {
    byHour.get(iso(hourOf(at, clock)))?.starts.push({ at: iso(at), names: [...names] });
  }
  return hours;
}

function startsByMinute(commands: readonly CommandFacts[], { now, hostTimezone }: HostClock) {
  const minutes = new Map<number, Set<string>>();
  for (const command of commands) {
    const { name, timezone, enabled } = command;
    if (!enabled) continue;
    for (const schedule of schedulesOf(command)) {
      const clock = { timezone: timezone ?? hostTimezone, hostTimezone };
      for (const time of firingsAfter(schedule, now.getTime(), clock)) {
        if (time >= now.getTime() + dayMs) break;
        const minute = Math.floor(time / minuteMs) * minuteMs;
        minutes.set(minute, (minutes.get(minute) ?? new Set()).add(name));
      }
    }
  }
  return minutes;
}

/** The start of the hour on the host's clock, which need not be a full hour in UTC. */
function hourOf(time: number, { hostTimezone }: HostClock): number {
  const minute = Math.floor(time / minuteMs);
  const civil = minute + offsetAt(hostTimezone, minute);
  return (minute - (((civil % 60) + 60) % 60)) * minuteMs;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
