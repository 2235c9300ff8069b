import { environmentName } from "../config";
import type { CrontabEntry, CrontabRow } from "../schedule/crontabLine";
import { cronEntries } from "../schedule/entries";
import { parseSchedule } from "../schedule/expression";
import type { CommandFacts } from "../schedule/manifest";
import { logFileOf } from "./logFile";

/** The commands that belong on this host's crontab: scheduled, enabled, and meant for this environment. */
export function scheduledHere(commands: CommandFacts[], environment = environmentName()): CommandFacts[] {
  return commands.filter(
    ({ schedules, enabled, environments }) =>
      schedules.length > 0 && enabled && (environments?.includes(environment) ?? true),
  );
}

/** The crontab entries of these commands on a host in that zone. */
export function crontabRows(commands: CommandFacts[], hostTimezone: string, logs?: string): CrontabRow[] {
  return commands.map((command) => ({
    name: command.name,
    description: command.description,
    entries: command.schedules.flatMap((schedule) => entriesOf(command, schedule, hostTimezone)),
    file: `commands/${command.name}.js`,
    log: logFileOf(command, logs),
    priority: command.priority,
  }));
}

function entriesOf(command: CommandFacts, schedule: string, hostTimezone: string): CrontabEntry[] {
  const parsed = parseSchedule(schedule, { name: command.name });
  const timezone = command.timezone === null ? {} : { timezone: command.timezone };
  return cronEntries(parsed, { ...timezone, hostTimezone }).map(({ fields, guard, delay, id, isCoarse }) => ({
    fields,
    ...(guard !== undefined && { guard }),
    ...(delay !== undefined && { delay }),
    // The line may start the command at other moments too: it has to know which schedule to look at.
    ...(isCoarse && { env: `LAJU_ENTRY=${id}` }),
  }));
}
