import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { commandTimeout, paths } from "../config/config";
import { LajuError } from "../config/errors";
import { byPriority, type CommandFacts, type CommandProblem, type Manifest } from "../metadata/manifest";
import { applyOverrides, type DeployedCommand } from "../metadata/overrides";
import { closest } from "../text/similar";
import { isAsBuilt, manifestTime } from "./buildDrift";
import { readManifest } from "./buildManifest";
import { commandNames, factsOnly, readSources } from "./commandSources";
import { readOverrides } from "./deployedOverrides";

/** The commands there are, and what is wrong with files that could not be read. */
export interface Catalog {
  commands: DeployedCommand[];
  problems: CommandProblem[];
  /** Modules in commands/ that are no commands; none where the build's manifest was read. */
  helpers?: CommandProblem[];
}

/**
 * The commands as their sources say, or as the build's manifest does where there are no sources to read;
 * schedule.json has its say in both.
 */
export function readCatalog(): Catalog {
  const names = commandNames();
  return deployed(names.length > 0 ? sourceFacts(names) : readManifest(), names);
}

/** The commands as the last build made them, with schedule.json: what the crontab and `run` go by. */
export function readBuiltCommands(): DeployedCommand[] {
  return deployed(readManifest(), commandNames()).commands;
}

type Facts = Pick<Manifest, "commands" | "problems"> & Pick<Catalog, "helpers">;

/** What lists show of a command; its text is the build's business. */
function sourceFacts(names: readonly string[]): Facts {
  const known = unchanged();
  const others = names.filter((name) => !known.has(name));
  if (others.length > 0 && !canParse()) return readManifest();
  const { commands, problems, helpers } = readSources(others);
  return { commands: [...known.values(), ...commands.map(factsOnly)].sort(byPriority), problems, helpers };
}

/** What the build has read already, by name: a parser's start costs more than all of these sources. */
function unchanged(): Map<string, CommandFacts> {
  // Whoever works on laju itself wants to see what its present code reads.
  if (typeof LAJU_BUILT === "undefined" || !existsSync(paths.manifest)) return new Map();
  const { commands, problems, inputs } = readManifest();
  const builtAt = manifestTime();
  const bad = new Set(problems.map(({ file }) => file));
  const isUnchanged = ({ file }: CommandFacts) => !bad.has(file) && isAsBuilt(file, inputs[file], builtAt);
  return new Map(commands.filter(isUnchanged).map((command) => [command.name, command]));
}

/** A command that is not built yet, or whose file is bad now, may be named in schedule.json all the same. */
function deployed({ commands, problems, helpers = [] }: Facts, sources: readonly string[]): Catalog {
  const names = new Set([...commands.map(({ name }) => name), ...sources]);
  const deployed = applyOverrides(commands, readOverrides([...names]));
  return { commands: withDefaultTimeout(deployed), problems, helpers };
}

function withDefaultTimeout(commands: DeployedCommand[]): DeployedCommand[] {
  const limit = commandTimeout();
  if (limit === undefined) return commands;
  return commands.map((command) =>
    command.timeout === null ? { ...command, timeout: limit.text, timeoutFrom: "COMMAND_TIMEOUT" } : command,
  );
}

function canParse(): boolean {
  try {
    createRequire(import.meta.url).resolve("oxc-parser");
    return true;
  } catch {
    return false; // Production has no parser and needs none.
  }
}

type Named = Pick<CommandFacts, "name">;

/**
 * The command of that name, in any case style where only one fits: `make:command send-emails` makes SendEmails, which
 * send-emails then calls. Throws a LajuError with the nearest name when there is none.
 */
export function findCommand<T extends Named>(name: string, commands: readonly T[]): T {
  const wanted = name.replace(/^commands\//, "").replace(/\.[jt]s$/, "");
  const found = commands.find((command) => command.name === wanted);
  if (found) return found;
  const alike = commands.filter((command) => foldedName(command.name) === foldedName(wanted));
  if (alike.length === 1) return alike[0] as T;
  if (alike.length > 1) {
    throw new LajuError(`${JSON.stringify(name)} could be ${alike.map((one) => one.name).join(" or ")}`, {
      code: "E_UNKNOWN_COMMAND",
      exitStatus: 2,
      hint: "Write the name as the list does.",
    });
  }
  throw noSuchCommand(name, wanted, commands);
}

function noSuchCommand(name: string, wanted: string, commands: readonly Named[]): LajuError {
  const source = commandNames().find((one) => foldedName(one) === foldedName(wanted));
  const names = commands.map((command) => command.name);
  const near =
    closest(wanted, names) ?? names.find((one) => foldedName(one).endsWith(`/${foldedName(wanted)}`));
  const hint = near ? `Did you mean ${near}?` : `node laju list shows the commands in ${paths.commands}.`;
  return new LajuError(source ? `${source} has not been built` : `there is no command "${name}"`, {
    code: "E_UNKNOWN_COMMAND",
    exitStatus: 2,
    hint: source ? `Run npm run build. If commands/${source}.ts can't be built, it says why.` : hint,
  });
}

/** What is left of a name in any case style. Folders count. */
export function foldedName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.\s]/g, "");
}
