import { logFileOf } from "../../catalog/logFile";
import { LajuError } from "../../config/errors";
import type { CronFacts } from "../../host/crons";
import type { CommandFacts } from "../../metadata/manifest";
import { renderSchedule } from "../../schedule/expression/render";
import { schedulesOf } from "../../schedule/expression/schedulesOf";
import type { Schedule } from "../../schedule/expression/types";
import { type CronEntry, cronEntries } from "../entries/cronEntries";
import { refusalOf } from "../entries/refusals";
import type { CrontabEntry, CrontabRow } from "../text/line";
import { portableRunner } from "./portable";

export interface RowOptions {
  /** The time zone of the host whose cron gets the entries. */
  hostTimezone: string;
  /** Whether `hostTimezone` is the daemon's own TZ rather than the system's. */
  isDaemonsOwn?: boolean | undefined;
  /** The log folder, if it is not the app's own. */
  logs?: string | undefined;
  /** Lines that need no ledger: the shell does the guarding, locking and time limits. */
  isPortable?: boolean | undefined;
  /** The cron that gets the entries; Debian's if absent. */
  cron?: CronFacts | undefined;
}

/** The crontab entries of these commands. */
export function crontabRows(commands: CommandFacts[], options: RowOptions): CrontabRow[] {
  const entriesOf = entriesFor(options);
  return commands.map((command) => {
    const log = logFileOf(command, options.logs);
    const entries = schedulesOf(command).flatMap((schedule) => entriesOf(command, schedule));
    const runner = options.isPortable ? portableRunner(command, log, options.cron) : [];
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

/** Refuses a schedule that this cron cannot start at exactly its times. */
function refuse(name: string, schedule: Schedule, cron: CronFacts | undefined): void {
  const refusal = cron && refusalOf(schedule, cron);
  if (refusal === undefined) return;
  const { reason, remedy } = refusal;
  throw new LajuError(
    `${name}: schedule ${JSON.stringify(schedule.text)} cannot be on this crontab: ${reason}`,
    {
      code: "E_CRONTAB_CRON",
      hint: remedy.replace("NAME", name),
    },
  );
}

type EntriesOf = (command: CommandFacts, schedule: Schedule) => CrontabEntry[];

/** Caches entries by schedule: guards take most of the time, and many commands share few schedules. */
function entriesFor({ hostTimezone, isDaemonsOwn, isPortable = false, cron }: RowOptions): EntriesOf {
  const written = new Map<string, CrontabEntry[]>();
  return ({ name, timezone, oneServer, overlap }, schedule) => {
    refuse(name, schedule, cron);
    const mayOverlap = overlap !== "skip";
    const key = `${renderSchedule(schedule)}\n${timezone ?? ""}\n${Boolean(oneServer)}\n${mayOverlap}`;
    const known = written.get(key);
    if (known !== undefined) return known;
    const zone = timezone === null ? {} : { timezone };
    const entries = cronEntries(schedule, {
      ...zone,
      hostTimezone,
      isDaemonsOwn,
      portable: isPortable,
      cron,
    });
    const daemonTimezone = isDaemonsOwn ? hostTimezone : undefined;
    const isClaimed = Boolean(oneServer) && schedule.kind !== "reboot";
    const lines = entries.map((entry) =>
      crontabEntry(entry, { isClaimed, isPortable, daemonTimezone, cron, mayOverlap }),
    );
    written.set(key, lines);
    return lines;
  };
}

interface LineOptions {
  /** Whether several servers must agree on which of them runs it. */
  isClaimed?: boolean;
  isPortable?: boolean;
  cron?: CronFacts | undefined;
  /** Whether it may be started while it runs: with `overlap` "wait" or "allow". */
  mayOverlap?: boolean;
  /** The daemon's own TZ, if it has one. */
  daemonTimezone: string | undefined;
}

/** A schedule's entry for the crontab, with what the command needs to know. */
export function crontabEntry(
  { fields, guard, delay, id, isCoarse }: CronEntry,
  { isClaimed = false, isPortable = false, daemonTimezone, cron, mayOverlap = false }: LineOptions,
): CrontabEntry {
  return {
    fields,
    ...(guard !== undefined && { guard }),
    ...(delay !== undefined && { delay }),
    // Otherwise a run still in progress, or waiting for its second, would keep such a daemon from the next
    // start.
    ...(cron?.startsTwice === false && (mayOverlap || delay !== undefined) && { isDetached: true }),
    // The line may also start the command at other times, or several servers may have to agree on the time
    // that a start is for. The command then has to know which schedule applies, and in which time zone: cron
    // doesn't reveal its own TZ.
    ...((isCoarse || isClaimed) &&
      !isPortable && { env: `LAJU_ENTRY=${daemonTimezone === undefined ? id : `${id}@${daemonTimezone}`}` }),
  };
}
