import { LajuError } from "../config/errors";
import { wholeNumber } from "../config/wholeNumber";
import { cronEntries } from "../crontab/entries/cronEntries";
import { cronNotes } from "../crontab/entries/cronNotes";
import { refusalOf } from "../crontab/entries/refusals";
import { crontabEntry } from "../crontab/install/rows";
import { type CrontabEntry, guarded } from "../crontab/text/line";
import { type CronFacts, type CronName, cronFacts } from "../host/crons";
import { parseSchedule } from "../schedule/expression/expression";
import { ScheduleError, type ScheduleProblem } from "../schedule/expression/problems";
import type { Schedule } from "../schedule/expression/types";
import { describeSchedule } from "../schedule/expression/words";
import { nextFirings } from "../schedule/times/firings";
import { scheduleWarnings } from "../schedule/times/warnings";
import { cronEscape } from "../text/shellQuote";

/** The output of `explain --json`. */
export interface Explanation {
  expression: string;
  valid: boolean;
  /** The schedule in words; null if the expression is invalid. */
  description: string | null;
  /** The time zone of the schedule. */
  timezone: string;
  /** The host's time zone. */
  hostTimezone: string;
  /** The cron that starts the command. */
  cron: CronName;
  /** The reason if this cron cannot follow the schedule. */
  refused?: string;
  /** Crontab lines with `command` in place of the actual command. */
  entries: string[];
  /** Times in ISO 8601. */
  next: string[];
  warnings: string[];
  error?: string;
  hint?: string;
  problem?: ScheduleProblem;
}

export interface ExplainOptions {
  /** The schedule's time zone, as in a command's metadata (default: the host's). */
  timezone?: string | undefined;
  hostTimezone: string;
  /** Whether `hostTimezone` comes from TZ in the cron daemon's environment. */
  isDaemonsOwn?: boolean | undefined;
  /** Show only times after this one. */
  from: Date;
  count: number;
  /** The cron that starts the command (default: Debian's). */
  cron?: CronFacts | undefined;
  /** The command's name, on which `H` depends. */
  name?: string | undefined;
}

/** Explains when cron starts a command with this schedule, or why the schedule is invalid. */
export function explain(expression: string, options: ExplainOptions): Explanation {
  const { hostTimezone, timezone = hostTimezone, from, count, name } = options;
  const { cron = cronFacts("debian") } = options;
  const zones = { timezone, hostTimezone };
  const place = { ...zones, cron: cron.name };
  try {
    const schedule = parseSchedule(expression, name === undefined ? {} : { name });
    return {
      expression,
      valid: true,
      description: describeSchedule(schedule),
      ...place,
      ...entriesOrRefusal(schedule, options),
      next: nextFirings(schedule, { from, count, ...zones }).map((time) => time.toISOString()),
      warnings: [...warningsOf(schedule, { ...options, timezone }), ...cronNotes(schedule, cron, zones)],
    };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const nothing = { description: null, ...place, entries: [], next: [], warnings: [] };
    return { expression, valid: false, ...nothing, ...wrong(error) };
  }
}

function wrong({ message, hint, problem }: ScheduleError) {
  return { error: message, ...(hint !== undefined && { hint }), problem };
}

function entriesOrRefusal(schedule: Schedule, options: ExplainOptions) {
  const refusal = options.cron && refusalOf(schedule, options.cron);
  if (refusal === undefined) return { entries: entriesOf(schedule, options) };
  return { entries: [], refused: `${refusal.reason}. ${refusal.remedy}` };
}

/** The lines that crontab:install would write for a command with this schedule. */
function entriesOf(
  schedule: Schedule,
  { timezone, hostTimezone, isDaemonsOwn, cron }: ExplainOptions,
): string[] {
  const zone = timezone === undefined ? {} : { timezone };
  const daemonTimezone = isDaemonsOwn ? hostTimezone : undefined;
  return cronEntries(schedule, { ...zone, hostTimezone, isDaemonsOwn, cron }).map((entry) =>
    entryText(crontabEntry(entry, { daemonTimezone, cron })),
  );
}

function entryText(entry: CrontabEntry): string {
  const { env } = entry;
  const start = env === undefined ? "command" : `${env} command`;
  return `${entry.fields} ${cronEscape(guarded(entry, start))}`;
}

function warningsOf(
  schedule: Schedule,
  { timezone, from, name }: ExplainOptions & { timezone: string },
): string[] {
  const warnings = scheduleWarnings(schedule, { timezone, year: from.getUTCFullYear() });
  const isOpen = schedule.kind === "calendar" && schedule.hashed && name === undefined;
  return isOpen
    ? [...warnings, "The value of H depends on the command's name: give it with --name"]
    : warnings;
}

export function countFrom(text: string): number {
  const count = wholeNumber(text, 0, 999_999);
  if (count !== undefined) return count;
  throw new LajuError(`--count ${JSON.stringify(text)} is not a whole number up to 999999`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "Give the number of upcoming times to show, such as --count 10.",
  });
}
