import { schedulesOf } from "../expression/schedulesOf";
import { nextFirings } from "./firings";

/** The starts that a cron daemon skips by design. */
export interface DaemonQuirks {
  /** The daemon doesn't start a line again while its last run is still in progress. */
  waitsForLastRun?: boolean;
  /** The daemon starts no jobs during an hour that the host's clocks repeat. */
  losesRepeatedHour?: boolean;
}

export interface HostClock {
  now: Date;
  /** The host's IANA time zone, which its cron uses. */
  hostTimezone: string;
  /** Whether `hostTimezone` comes from TZ in the cron daemon's environment. */
  isDaemonsOwn?: boolean;
  quirks?: DaemonQuirks;
}

/** The fields of a command that determine its times. */
interface TimedCommand {
  name: string;
  enabled: boolean;
  schedules: readonly string[];
  timezone: string | null;
}

/** The next `count` times at which a command is due, across all its schedules. */
export function nextRuns(command: TimedCommand, { now, hostTimezone }: HostClock, count: number): Date[] {
  if (!command.enabled) return [];
  const timezone = command.timezone ?? hostTimezone;
  const times = schedulesOf(command).flatMap((schedule) =>
    nextFirings(schedule, { from: now, timezone, hostTimezone, count }),
  );
  const unique = [...new Set(times.map((time) => time.getTime()))].sort((a, b) => a - b);
  return unique.slice(0, count).map((time) => new Date(time));
}
