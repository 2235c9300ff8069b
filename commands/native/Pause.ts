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
    reason: { type: "string", description: "What for; the ledger keeps it with every start that is skipped" },
    until: { type: "string", description: 'When it ends by itself: "2h", or "2026-11-24 08:00"' },
    list: { type: "boolean", description: "Show what is paused, change nothing" },
    json: { type: "boolean", description: "Print what is paused as JSON" },
  },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  details: `Maintenance: starts that are due are recorded as skipped with the reason, and nothing else happens. Without names it
holds for all commands. What runs goes on, and so do workers under pm2; laju run, and a command that is started at a
terminal, run all the same. node laju resume ends it.`,
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
  // A bare date would be midnight in UTC; with a time of day it is the host's own clock.
  const time = isDate
    ? Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"))
    : now + durationOf(text);
  if (time > now) return time;
  throw new LajuError(`--until ${text} is ${Number.isNaN(time) ? "no time" : "in the past"}`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: 'Write how long, such as "2h", or when, such as "2026-11-24 08:00".',
  });
}

/** Node takes 30 February for 2 March. */
function isDay(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** NaN for what is none, so that both ways to say it are named. */
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
