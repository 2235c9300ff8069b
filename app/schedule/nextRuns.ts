import { parseSchedule } from "./expression";
import { nextFirings } from "./firings";
import type { CommandFacts } from "./manifest";

export interface HostClock {
  now: Date;
  /** The host's own IANA time zone: what its cron goes by. */
  hostTimezone: string;
}

/** The next `count` times at which a command is due, over all its schedules. */
export function nextRuns(command: CommandFacts, { now, hostTimezone }: HostClock, count: number): Date[] {
  if (!command.enabled) return [];
  const timezone = command.timezone ?? hostTimezone;
  const times = command.schedules.flatMap((text) =>
    nextFirings(parseSchedule(text, { name: command.name }), { from: now, timezone, hostTimezone, count }),
  );
  const unique = [...new Set(times.map((time) => time.getTime()))].sort((a, b) => a - b);
  return unique.slice(0, count).map((time) => new Date(time));
}
