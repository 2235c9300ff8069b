import { type CronFacts, cronFacts } from "../../host/crons";
import { longestRun } from "../../metadata/longestRun";
import type { CommandFacts } from "../../metadata/manifest";
import { compile } from "../../schedule/expression/calendar";
import { parseSchedule } from "../../schedule/expression/expression";
import type { CalendarSchedule } from "../../schedule/expression/types";
import { clockMatches } from "../../schedule/times/clockMatches";
import { isSameTimezone } from "../../schedule/times/timezoneNames";
import { isMovedByClocks } from "../entries/movedTimes";

// The program is named by its path, because a PATH=… line above the block applies to the block's entries too.
const flock = "/usr/bin/flock";
const timeout = "/usr/bin/timeout";

/**
 * The words before node on a host without the ledger: flock prevents overlap, and timeout limits the run. The lock file
 * is next to the log, because the line can only start if that folder exists.
 */
export function portableRunner(
  facts: CommandFacts,
  log: string,
  cron: CronFacts = cronFacts("debian"),
): string[] {
  const { name, overlap } = facts;
  const lock = `${log.slice(0, log.lastIndexOf("/"))}/${name.replaceAll("/", "-")}.lock`;
  // With -E 0, flock exits with status 0 if another run holds the lock. BusyBox's flock has no -E, but its crond
  // ignores exit statuses.
  const quietly = cron.name === "busybox" || cron.name === "unknown" ? [] : ["-E", "0"];
  const locked = { skip: [flock, "-n", ...quietly, lock], wait: [flock, lock], allow: [] }[overlap];
  const seconds = longestRun(facts);
  return seconds === undefined ? locked : [...locked, timeout, "-k", "30", String(seconds)];
}

/** Notes on how portable lines are less exact than commands that use the ledger, one sentence per schedule. */
export function portableNotes(
  commands: readonly CommandFacts[],
  hostTimezone: string,
  cron: CronFacts = cronFacts("debian"),
): string[] {
  return commands.flatMap((facts) =>
    facts.schedules.flatMap((text) => {
      const note = noteOn(text, facts, { hostTimezone, cron });
      return note === undefined ? [] : [`${facts.name}: schedule ${JSON.stringify(text)} ${note}`];
    }),
  );
}

interface Host {
  hostTimezone: string;
  cron: CronFacts;
}

function noteOn(text: string, { name, timezone }: CommandFacts, host: Host): string | undefined {
  const schedule = parseSchedule(text, { name });
  if (schedule.kind === "reboot") return undefined;
  if (schedule.kind === "interval") return "repeats or misses a run when the clock is set";
  const isForeign = timezone !== null && !isSameTimezone(timezone, host.hostTimezone);
  if (!isForeign) return noteOnHost(schedule, host);
  return compile(schedule).isWild ? undefined : lossText(schedule, timezone);
}

/**
 * In the host's own zone, the cron daemon decides what happens at clock changes. Debian's daemon does what `explain`
 * says.
 */
function noteOnHost(schedule: CalendarSchedule, { hostTimezone, cron }: Host): string | undefined {
  const { clockChanges, label } = cron;
  if (clockChanges === "vixie" || !isMovedByClocks(schedule, hostTimezone, clockChanges)) return undefined;
  if (clockChanges === "wall") return lossText(schedule, hostTimezone);
  return `deviates from what explain says when the clocks of ${hostTimezone} change, because ${label} has its own rules for that`;
}

function lossText(schedule: CalendarSchedule, timezone: string): string | undefined {
  const { skipped, repeated } = clockMatches(schedule, timezone);
  const parts = [
    ...(skipped === undefined ? [] : [`does not run for ${skipped}, which the clocks skip`]),
    ...(repeated === undefined ? [] : [`runs twice for ${repeated}, which occurs twice`]),
  ];
  return parts.length === 0 ? undefined : `${parts.join(", and ")} (${timezone})`;
}
