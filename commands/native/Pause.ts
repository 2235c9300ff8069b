import { findCommand, readCatalog } from "../../framework/catalog/catalog";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { parseDuration } from "../../framework/config/duration";
import { LajuError } from "../../framework/config/errors";
import { hostClock, shortTime } from "../../framework/host/hostClock";
import { currentPauses, pause } from "../../framework/runs/supervision/changePauses";
import type { Pause, Pauses } from "../../framework/runs/supervision/pause";
import { jsonText } from "../../framework/text/jsonText";
import { printableLine } from "../../framework/text/printable";

export default verb({
  options: {
    reason: { type: "string", value: "text", description: "Why; recorded with every skipped start" },
    until: {
      type: "string",
      value: "time",
      description: 'When it ends by itself: after "2h", or at "2026-11-24 08:00"',
    },
    list: { type: "boolean", description: "Show what is paused, change nothing" },
    json: { type: "boolean", description: "Print what is paused as JSON" },
  },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  details: `For maintenance: starts that come due are recorded as skipped, with the reason, and do nothing. Without names, all
commands are paused. Runs in progress continue, and so do workers under pm2. laju run and commands started at a
terminal still run. node laju resume ends the pause.`,
  run({ args, options }) {
    if (!options.list) {
      const { commands } = readCatalog();
      const names = args.map((name) => findCommand(name, commands).name);
      pause(names, newPause(options, Date.now()));
    }
    show(options.json ?? false);
  },
});

function newPause(
  { reason, until }: { reason?: string | undefined; until?: string | undefined },
  now: number,
): Pause {
  return { reason: reason ?? null, since: now, until: until === undefined ? null : endOf(until, now) };
}

function endOf(text: string, now: number): number {
  const isDate =
    /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text) && isDay(text.slice(0, 10));
  // Date.parse reads a bare date as UTC, but a date with a time as local time.
  const time = isDate
    ? Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"))
    : now + durationOf(text);
  if (time > now) return time;
  throw new LajuError(`--until ${text} is ${Number.isNaN(time) ? "not a time" : "in the past"}`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: 'Give a duration, such as "2h", or a time, such as "2026-11-24 08:00".',
  });
}

/** Date.parse turns February 30 into March 2. */
function isDay(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** NaN if it isn't a duration, so that the error can name both forms. */
function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return Number.NaN;
  }
}

function show(asJson: boolean): void {
  const pauses = currentPauses(Date.now());
  console.log(asJson ? jsonText(pauses) : pausesText(pauses));
}

function pausesText({ all, commands }: Pauses): string {
  const { paint, symbols } = terminalFor(1);
  const entries = [...(all === null ? [] : [["All commands", all] as const]), ...Object.entries(commands)];
  if (entries.length === 0) return "Nothing is paused.";
  return entries
    .map(([name, one]) => `${paint("yellow", symbols.skipped)} ${name}   ${details(one)}`)
    .join("\n");
}

function details({ reason, since, until }: Pause): string {
  const { hostTimezone } = hostClock();
  const time = (value: number) => shortTime(new Date(value), hostTimezone);
  return [`paused since ${time(since)}`, until === null ? "" : `until ${time(until)}`, printableLine(reason)]
    .filter(Boolean)
    .join(", ");
}
