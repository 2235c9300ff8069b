import { warnOfOldBuild } from "../../framework/catalog/buildDrift";
import { readManifest } from "../../framework/catalog/buildManifest";
import { findCommand, readBuiltCommands } from "../../framework/catalog/catalog";
import { parameterFlags, usageError } from "../../framework/cli/parameterFlags";
import { hasSensitive } from "../../framework/cli/sensitiveArguments";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { environmentName } from "../../framework/config/config";
import { formatDuration } from "../../framework/config/duration";
import type { CommandFacts } from "../../framework/metadata/manifest";
import { startCommand } from "../../framework/scheduler/startCommand";

export default verb({
  examples: [
    ["run SendDailyDigest", "Run a command as cron would"],
    ["run SyncExternalData -- --days 7", "Run a command with an option"],
  ],
  options: {
    parameter: {
      type: "string",
      value: "key=value",
      short: "p",
      multiple: true,
      description: "key=value, passed to the command as --key=value",
    },
    tag: {
      type: "string",
      value: "tag",
      description: "Run every enabled command of this environment that has this tag",
    },
    all: { type: "boolean", description: "Run every enabled command of this environment" },
  },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  details: `Runs the commands as last built, in the order given. Everything after -- is passed to the command unchanged.
The exit status is the command's own; with several commands, it is 1 if any of them failed.`,
  async run({ args: names, options, rest }) {
    const chosen = choose(names, options, readBuiltCommands());
    warnOfOldBuild(readManifest());
    const args = [...parameterFlags(options.parameter ?? [], chosen), ...rest];
    const hidesArguments = args.length > 0 && chosen.some(({ options: own }) => hasSensitive(own));
    if (hidesArguments) process.title = ["laju run", ...chosen.map(({ name }) => name)].join(" ");
    const statuses: number[] = [];
    for (const { name } of chosen) statuses.push(await runOne(name, args, hidesArguments));
    if (statuses.length === 1) return statuses[0] as number;
    return statuses.some((status) => status !== 0) ? 1 : 0;
  },
});

/** Finds all commands before any of them runs, so that a wrong name stops everything. */
function choose(
  names: string[],
  { tag, all }: { tag?: string | undefined; all?: boolean | undefined },
  commands: CommandFacts[],
): CommandFacts[] {
  const ways = [names.length > 0, tag !== undefined, all === true].filter(Boolean).length;
  if (ways !== 1) throw usageError("run needs exactly one of names, --tag and --all");
  if (names.length > 0) return names.map((name) => findCommand(name, commands));
  const environment = environmentName();
  const here = commands.filter(
    ({ enabled, environments }) => enabled && (environments?.includes(environment) ?? true),
  );
  const fitting = here.filter(({ tags }) => tag === undefined || tags.includes(tag));
  if (fitting.length > 0) return fitting;
  const which = tag === undefined ? "" : ` with the tag "${tag}"`;
  throw usageError(`the environment "${environment}" has no enabled command${which}`);
}

async function runOne(name: string, args: string[], hidesArguments: boolean): Promise<number> {
  const startedAt = performance.now();
  const { status, outcome } = await startCommand(name, args, { hidesArguments });
  const { paint, symbols } = terminalFor(2);
  const symbol = {
    done: paint("green", symbols.done),
    skipped: paint("yellow", symbols.skipped),
    failed: paint("red", symbols.failed),
    "timed out": paint("red", symbols.failed),
  }[outcome];
  const ending = outcome === "done" ? "" : `   ${outcome === "failed" ? `exit ${status}` : outcome}`;
  console.error(`${symbol} ${name}   ${formatDuration(performance.now() - startedAt)}${ending}`);
  return status;
}
