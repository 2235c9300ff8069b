import { findCommand, readCatalog } from "../../framework/catalog/catalog";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { hostClock, shortTime } from "../../framework/host/hostClock";
import { currentPauses, pause } from "../../framework/runs/supervision/changePauses";
import { newPause } from "../../framework/runs/supervision/newPause";
import type { Pause, Pauses } from "../../framework/runs/supervision/pause";
import { jsonText } from "../../framework/text/jsonText";
import { printableLine } from "../../framework/text/printable";

export default verb({
  examples: [
    ['pause --until 2h --reason "database upgrade"', "Every command, for two hours"],
    ["pause SyncExternalData", "One command, until resumed"],
  ],
  options: {
    reason: { type: "string", value: "text", description: "The reason, recorded with every skipped start" },
    until: {
      type: "string",
      value: "time",
      description: 'When the pause ends: after "2h", or at "2026-11-24 08:00"',
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
