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
  /** The host's time zone. */
  hostTimezone: string;
  /** Whether `hostTimezone` comes from TZ in the cron daemon's environment. */
  isDaemonsOwn?: boolean | undefined;
  /** The log folder (default: the app's). */
  logs?: string | undefined;
  /** Whether the shell checks the time, locks and limits runs, so that commands need no ledger. */
  isPortable?: boolean | undefined;
  /** The cron that reads the entries (default: Debian's). */
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

/** Throws if this cron cannot start the schedule at exactly its times. */
function refuse(name: string, schedule: Schedule, cron: CronFacts | undefined): void {
  const refusal = cron && refusalOf(schedule, cron);
  if (refusal === undefined) return;
  const { reason, remedy } = refusal;
  throw new LajuError(
    `${name}: schedule ${JSON.stringify(schedule.text)} does not work in this crontab: ${reason}`,
    {
      code: "E_CRONTAB_CRON",
      hint: remedy.replace("NAME", name),
    },
  );
}

type EntriesOf = (command: CommandFacts, schedule: Schedule) => CrontabEntry[];

/** Caches entries by schedule: computing guards is slow, and many commands share a few schedules. */
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
  /** Whether several servers must agree on which of them runs the command. */
  isClaimed?: boolean;
  isPortable?: boolean;
  cron?: CronFacts | undefined;
  /** Whether cron may start the command while it is running: `overlap` is "wait" or "allow". */
  mayOverlap?: boolean;
  /** TZ in the daemon's environment, if it is set. */
  daemonTimezone: string | undefined;
}

/** A schedule's entry for the crontab, with the settings and programs that its command needs. */
export function crontabEntry(
  { fields, guard, delay, id, isCoarse }: CronEntry,
  { isClaimed = false, isPortable = false, daemonTimezone, cron, mayOverlap = false }: LineOptions,
): CrontabEntry {
  return {
    fields,
    ...(guard !== undefined && { guard }),
    ...(delay !== undefined && { delay }),
    // This daemon starts a line only after its last process has ended. Detaching the command lets runs overlap, and
    // lets a command wait for its second.
    ...(cron?.startsTwice === false && (mayOverlap || delay !== undefined) && { isDetached: true }),
    // LAJU_ENTRY tells the command which schedule started it, so that it can check the time, or claim the start among
    // several servers. It includes the daemon's TZ, because cron doesn't pass that on.
    ...((isCoarse || isClaimed) &&
      !isPortable && { env: `LAJU_ENTRY=${daemonTimezone === undefined ? id : `${id}@${daemonTimezone}`}` }),
  };
}
