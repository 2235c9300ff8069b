import { longestRun } from "../../metadata/longestRun";
import type { CommandFacts } from "../../metadata/manifest";
import { compile } from "../../schedule/expression/calendar";
import { parseSchedule } from "../../schedule/expression/expression";
import { clockMatches } from "../../schedule/times/clockMatches";
import { isSameTimezone } from "../../schedule/times/timezoneNames";

// By their path: a line PATH=… above the block reaches them too.
const flock = "/usr/bin/flock";
const timeout = "/usr/bin/timeout";

/**
 * What stands before node on a host without the ledger: flock keeps runs apart, timeout ends them. The lock
 * lies beside the log, in a folder that must be there for the line to start at all.
 */
export function portableRunner(facts: CommandFacts, log: string): string[] {
  const { name, overlap } = facts;
  const lock = `${log.slice(0, log.lastIndexOf("/"))}/${name.replaceAll("/", "-")}.lock`;
  // Busy is no failure: flock then ends with status 0.
  const locked = { skip: [flock, "-n", "-E", "0", lock], wait: [flock, lock], allow: [] }[overlap];
  const seconds = longestRun(facts);
  return seconds === undefined ? locked : [...locked, timeout, "-k", "30", String(seconds)];
}

/** Where the shell alone is weaker than the command with its ledger: one sentence for each schedule. */
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
  if (schedule.kind === "interval") return "doubles or misses a run when the clock is set";
  if (timezone === null || isSameTimezone(timezone, hostTimezone) || compile(schedule).isWild)
    return undefined;
  const { skipped, repeated } = clockMatches(schedule, timezone);
  const parts = [
    ...(skipped === undefined ? [] : [`does not run for ${skipped}, which the clocks skip`]),
    ...(repeated === undefined ? [] : [`runs twice for ${repeated}, which comes twice`]),
  ];
  return parts.length === 0 ? undefined : `${parts.join(", and ")} (${timezone})`;
}
