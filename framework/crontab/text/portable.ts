import { longestRun } from "../../metadata/longestRun";
import type { CommandFacts } from "../../metadata/manifest";
import { compile } from "../../schedule/expression/calendar";
import { parseSchedule } from "../../schedule/expression/expression";
import { clockMatches } from "../../schedule/times/clockMatches";
import { isSameTimezone } from "../../schedule/times/timezoneNames";

// Named by path, because a PATH=… line above the block applies to them too.
const flock = "/usr/bin/flock";
const timeout = "/usr/bin/timeout";

/**
 * The words before node on a host without the ledger: flock prevents overlap, and timeout limits the run. The lock file is
 * next to the log, in a folder that must exist anyway for the line to start.
 */
export function portableRunner(facts: CommandFacts, log: string): string[] {
  const { name, overlap } = facts;
  const lock = `${log.slice(0, log.lastIndexOf("/"))}/${name.replaceAll("/", "-")}.lock`;
  // A busy lock is not a failure: with -E 0, flock exits with status 0.
  const locked = { skip: [flock, "-n", "-E", "0", lock], wait: [flock, lock], allow: [] }[overlap];
  const seconds = longestRun(facts);
  return seconds === undefined ? locked : [...locked, timeout, "-k", "30", String(seconds)];
}

/** What the shell alone cannot do as exactly as the command with its ledger, one sentence per schedule. */
export function portableNotes(commands: readonly CommandFacts[], hostTimezone: string): string[] {
  return commands.flatMap((facts) =>
    facts.schedules.flatMap((text) => {
      const note = noteOn(text, facts, hostTimezone);
      return note === undefined ? [] : [`${facts.name}: schedule ${JSON.stringify(text)} ${note}`];
    }),
  );
}

function noteOn(text: string, { name, timezone }: CommandFacts, hostTimezone: string): string | undefined {
  const schedule = parseSchedule(text, { name });
  if (schedule.kind === "reboot") return undefined;
  if (schedule.kind === "interval") return "repeats or misses a run when the clock is set";
  if (timezone === null || isSameTimezone(timezone, hostTimezone) || compile(schedule).isWild)
    return undefined;
  const { skipped, repeated } = clockMatches(schedule, timezone);
  const parts = [
    ...(skipped === undefined ? [] : [`does not run for ${skipped}, which the clocks skip`]),
    ...(repeated === undefined ? [] : [`runs twice for ${repeated}, which occurs twice`]),
  ];
  return parts.length === 0 ? undefined : `${parts.join(", and ")} (${timezone})`;
}
