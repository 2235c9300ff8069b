import type { CronFacts } from "../host/crons";
import { rawReaderOf, readAsWritten } from "../schedule/asWritten/asWritten";
import type { AsWritten } from "../schedule/asWritten/rawFields";
import type { CalendarSchedule } from "../schedule/expression/types";
import { describeSchedule } from "../schedule/expression/words";
import { nextFirings } from "../schedule/times/firings";
import type { ExplainOptions, Explanation } from "./explanation";

/** Explains how this daemon interprets exactly these fields, without translating them or adding a guard. */
export function explainAsWritten(
  expression: string,
  { hostTimezone, from, count, cron }: ExplainOptions & { cron: CronFacts },
): Explanation {
  const read = readAsWritten(expression, rawReaderOf(cron.name));
  const about = {
    expression,
    timezone: hostTimezone,
    hostTimezone,
    cron: cron.name,
    entries: [`${expression} command`],
    next: [],
    warnings: [],
  };
  switch (read.kind) {
    case "calendar": {
      const { schedule } = read;
      const next = nextFirings(schedule, { from, count, timezone: hostTimezone });
      return {
        ...about,
        valid: true,
        description: describeSchedule(asShown(schedule, expression)),
        next: next.map((time) => time.toISOString()),
      };
    }
    case "reboot":
      return { ...about, valid: true, description: "Once per boot" };
    case "never":
      return { ...about, valid: true, description: "Never", warnings: [neverText(read, cron)] };
    case "refused":
      return { ...about, valid: false, description: null, entries: [], error: refusedText(read, cron) };
  }
}

/**
 * The schedule to describe. Its minute field has a star only if it is written with one. (The parser for BusyBox always
 * marks it with a star, because crond follows the wall clock.)
 */
function asShown(schedule: CalendarSchedule, expression: string): CalendarSchedule {
  return { ...schedule, minute: { ...schedule.minute, star: expression.trimStart().startsWith("*") } };
}

function neverText({ reason }: Extract<AsWritten, { kind: "never" }>, { label }: CronFacts): string {
  return `${label} accepts this line but never starts the command: ${reason}`;
}

function refusedText({ reason }: Extract<AsWritten, { kind: "refused" }>, { label }: CronFacts): string {
  return `${label} rejects this line: ${reason}`;
}
