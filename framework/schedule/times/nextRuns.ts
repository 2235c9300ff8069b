import { schedulesOf } from "../expression/schedulesOf";
import { nextFirings } from "./firings";

export interface HostClock {
  now: Date;
  /** The host's own IANA time zone: what its cron goes by. */
  hostTimezone: string;
  /** Whether the cron daemon's own TZ says so, and not the system. */
  isDaemonsOwn?: boolean;
}

/** A command, as far as its times depend on it. */
interface TimedCommand {
  name: string;
  enabled: boolean;
  schedules: readonly string[];
  timezone: string | null;
}

/** The next `count` times at which a command is due, over all its schedules. */
export function nextRuns(command: TimedCommand, { now, hostTimezone }: HostClock, count: number): Date[] {
  if (!command.enabled) return [];
  const timezone = command.timezone ?? hostTimezone;
  const times = schedulesOf(command).flatMap((schedule) =>
    nextFirings(schedule, { from: now, timezone, hostTimezone, count }),
  );
  const unique = [...new Set(times.map((time) => time.getTime()))].sort((a, b) => a - b);
  return unique.slice(0, count).map((time) => new Date(time));
}
