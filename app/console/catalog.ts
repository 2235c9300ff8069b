import { createRequire } from "node:module";
import { paths } from "../config";
import { LajuError } from "../errors";
import type { CommandFacts, CommandProblem, Manifest } from "../schedule/manifest";
import { applyOverrides, type DeployedCommand } from "../schedule/overrides";
import { closest } from "../schedule/similar";
import { readManifest } from "./buildManifest";
import { commandNames, readSources } from "./commandSources";
import { readOverrides } from "./overrides";

/** The commands there are, and what is wrong with files that could not be read. */
export interface Catalog {
  commands: DeployedCommand[];
  problems: CommandProblem[];
}

/**
 * The commands as their sources say, or as the build's manifest does where there are no sources to read;
 * schedule.json has its say in both.
 */
export function readCatalog(): Catalog {
  return deployed(canReadSources() ? sourceFacts() : readManifest());
}

/** The commands as the last build made them, with schedule.json: what the crontab and `run` go by. */
export function readBuiltCommands(): DeployedCommand[] {
  return deployed(readManifest()).commands;
}

/** What lists show of a command; its text is the build's business. */
function sourceFacts(): Pick<Manifest, "commands" | "problems"> {
  const { commands, problems } = readSources();
  const facts = commands.map(({ text: _text, hasTopLevelAwait: _await, ...command }) => command);
  return { commands: facts, problems };
}

/** A command that is not built yet, or whose file is bad now, may be named in schedule.json all the same. */
function deployed({ commands, problems }: Pick<Manifest, "commands" | "problems">): Catalog {
  const names = new Set([...commands.map(({ name }) => name), ...commandNames()]);
  return { commands: applyOverrides(commands, readOverrides([...names])), problems };
}

function canReadSources(): boolean {
  if (commandNames().length === 0) return false;
  try {
    createRequire(import.meta.url).resolve("oxc-parser");
    return true;
  } catch {
    return false; // Production has no parser and needs none.
  }
}

/** The command of that name. Throws a LajuError with the nearest name when there is none. */
export function findCommand<T extends CommandFacts>(name: string, commands: T[]): T {
  const wanted = name.replace(/^commands\//, "").replace(/\.[jt]s$/, "");
  const found = commands.find((command) => command.name === wanted);
  if (found) return found;
  const near = closest(
    wanted,
    commands.map((command) => command.name),
  );
  const hint = near ? `Did you mean ${near}?` : `node laju list shows the commands in ${paths.commands}.`;
  throw new LajuError(`there is no command "${name}"`, { code: "E_UNKNOWN_COMMAND", exitStatus: 2, hint });
}
