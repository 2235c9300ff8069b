import { environmentName } from "../config";
import type { CrontabEntry, CrontabRow } from "../schedule/crontabLine";
import { cronEntries } from "../schedule/entries";
import { parseSchedule } from "../schedule/expression";
import type { CommandFacts } from "../schedule/manifest";
import { portableRunner } from "../schedule/portable";
import { logFileOf } from "./logFile";

/** The commands that belong on this host's crontab: scheduled, enabled, and meant for this environment. */
export function scheduledHere(commands: CommandFacts[], environment = environmentName()): CommandFacts[] {
  return commands.filter(
    ({ schedules, enabled, environments }) =>
      schedules.length > 0 && enabled && (environments?.includes(environment) ?? true),
  );
}

export interface RowOptions {
  /** The zone of the host whose cron gets the entries. */
  hostTimezone: string;
  /** The folder of the logs, where it is not the app's own. */
  logs?: string | undefined;
  /** Lines that need no ledger: the shell alone decides, locks and limits. */
  isPortable?: boolean | undefined;
}

/** The crontab entries of these commands. */
export function crontabRows(commands: CommandFacts[], options: RowOptions): CrontabRow[] {
  return commands.map((command) => {
    const log = logFileOf(command, options.logs);
    const entries = command.schedules.flatMap((schedule) => entriesOf(command, schedule, options));
    const runner = options.isPortable ? portableRunner(command, log) : [];
    return {
      name: command.name,
      description: command.description,
      entries: runner.length === 0 ? entries : entries.map((entry) => ({ ...entry, runner })),
      file: `commands/${command.name}.js`,
      log,
      priority: command.priority,
    };
  });
}

function entriesOf(
  command: CommandFacts,
  schedule: string,
  { hostTimezone, isPortable = false }: RowOptions,
): CrontabEntry[] {
  const parsed = parseSchedule(schedule, { name: command.name });
  const timezone = command.timezone === null ? {} : { timezone: command.timezone };
  const entries = cronEntries(parsed, { ...timezone, hostTimezone, portable: isPortable });
  const isClaimed = Boolean(command.oneServer) && parsed.kind !== "reboot";
  return entries.map(({ fields, guard, delay, id, isCoarse }) => ({
    fields,
    ...(guard !== undefined && { guard }),
    ...(delay !== undefined && { delay }),
    // The line may start the command at other moments too, or servers have to agree on the moment that it is for:
    // then the command has to know which schedule to look at.
    ...((isCoarse || isClaimed) && !isPortable && { env: `LAJU_ENTRY=${id}` }),
  }));
}
