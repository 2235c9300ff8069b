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

/** All commands, and the files that could not be used. */
export interface Catalog {
  commands: DeployedCommand[];
  problems: CommandProblem[];
  /** The files in commands/ that are not commands; empty if the commands come from the build's manifest. */
  helpers?: CommandProblem[];
}

/** The commands from their sources or, without sources, from the build's manifest, with the overrides of schedule.json. */
export function readCatalog(): Catalog {
  const names = commandNames();
  return deployed(names.length > 0 ? sourceFacts(names) : readManifest(), names);
}

/** The commands as they were built, with the overrides of schedule.json. The crontab and `run` use these. */
export function readBuiltCommands(): DeployedCommand[] {
  return deployed(readManifest(), commandNames()).commands;
}

type Facts = Pick<Manifest, "commands" | "problems"> & Pick<Catalog, "helpers">;

/** The commands from their sources, and unchanged ones from the build's manifest. */
function sourceFacts(names: readonly string[]): Facts {
  const known = unchanged();
  const others = names.filter((name) => !known.has(name));
  if (others.length > 0 && !canParse()) return readManifest();
  const { commands, problems, helpers } = readSources(others);
  return { commands: [...known.values(), ...commands.map(factsOnly)].sort(byPriority), problems, helpers };
}

/** Commands whose source is unchanged since the build. Taking them from the manifest avoids loading the slow parser. */
function unchanged(): Map<string, CommandFacts> {
  // laju itself runs from source here, and this source may read commands differently than the build did.
  if (typeof LAJU_BUILT === "undefined" || !existsSync(paths.manifest)) return new Map();
  const { commands, problems, inputs } = readManifest();
  const builtAt = manifestTime();
  const bad = new Set(problems.map(({ file }) => file));
  const isUnchanged = ({ file }: CommandFacts) => !bad.has(file) && isAsBuilt(file, inputs[file], builtAt);
  return new Map(commands.filter(isUnchanged).map((command) => [command.name, command]));
}

/** Applies schedule.json. Its names may include commands that have not been built yet or whose file is invalid. */
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
    return false; // The parser is missing, as in production, which doesn't need it.
  }
}

type Named = Pick<CommandFacts, "name">;

/**
 * Finds a command by name, in any case style if that is unambiguous: after `make:command send-emails`, send-emails finds
 * SendEmails. If there is no such command, throws a LajuError with the closest name.
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
      hint: "Write the name exactly as in node laju list.",
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
    hint: source ? `Run npm run build. It reports why commands/${source}.ts can't be built.` : hint,
  });
}

/** A name in lower case without separators, so that all case styles are equal. Keeps the slashes of folders. */
export function foldedName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.\s]/g, "");
}
