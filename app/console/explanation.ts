import { LajuError } from "../errors";
import type { CronEntry } from "../schedule/entries";
import { cronEntries } from "../schedule/entries";
import { parseSchedule } from "../schedule/expression";
import { nextFirings } from "../schedule/firings";
import { ScheduleError, type ScheduleProblem } from "../schedule/problems";
import { cronEscape } from "../schedule/shellQuote";
import type { Schedule } from "../schedule/types";
import { scheduleWarnings } from "../schedule/warnings";
import { describeSchedule } from "../schedule/words";

/** What `explain --json` prints. */
export interface Explanation {
  expression: string;
  valid: boolean;
  /** null for an expression that means nothing. */
  description: string | null;
  /** The zone of the host whose cron it is. */
  timezone: string;
  /** Crontab lines, with `command` where the command stands. */
  entries: string[];
  /** Instants in ISO 8601. */
  next: string[];
  warnings: string[];
  error?: string;
  hint?: string;
  problem?: ScheduleProblem;
}

export interface ExplainOptions {
  timezone: string;
  /** The next times are those after it. */
  from: Date;
  count: number;
  /** The command's, on which `H` depends. */
  name?: string | undefined;
}

/** What cron on a host in that zone does with a schedule, or what is wrong with it. */
export function explain(expression: string, options: ExplainOptions): Explanation {
  const { timezone, from, count, name } = options;
  try {
    const schedule = parseSchedule(expression, name === undefined ? {} : { name });
    return {
      expression,
      valid: true,
      description: describeSchedule(schedule),
      timezone,
      entries: cronEntries(schedule, { hostTimezone: timezone }).map(entryText),
      next: nextFirings(schedule, { from, count, timezone }).map((time) => time.toISOString()),
      warnings: warningsOf(schedule, options),
    };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return { ...nothing(expression, timezone), ...wrong(error) };
  }
}

function nothing(expression: string, timezone: string): Explanation {
  return { expression, valid: false, description: null, timezone, entries: [], next: [], warnings: [] };
}

function wrong({ message, hint, problem }: ScheduleError) {
  return { error: message, ...(hint !== undefined && { hint }), problem };
}

function entryText({ fields, guard, delay, id, isCoarse }: CronEntry): string {
  const start = `${delay === undefined ? "" : `${delay}; `}${isCoarse ? `LAJU_ENTRY=${id} ` : ""}command`;
  return `${fields} ${cronEscape(guard === undefined ? start : `${guard} ${start} ;; esac`)}`;
}

function warningsOf(schedule: Schedule, { timezone, from, name }: ExplainOptions): string[] {
  const warnings = scheduleWarnings(schedule, { timezone, year: from.getUTCFullYear() });
  const isOpen = schedule.kind === "calendar" && schedule.hashed && name === undefined;
  return isOpen
    ? [...warnings, "H stands for a value that the command's name decides: give it with --name"]
    : warnings;
}

/** A whole number from the command line. */
export function countFrom(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new LajuError(`--count ${JSON.stringify(text)} is not a whole number up to 999999`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "Say how many of the next times to show, such as --count 10.",
  });
}
