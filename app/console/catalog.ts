import { createRequire } from "node:module";
import { paths } from "../config";
import { LajuError } from "../errors";
import type { CommandFacts, CommandProblem } from "../schedule/manifest";
import { closest } from "../schedule/similar";
import { readManifest } from "./buildManifest";
import { commandNames, readSources } from "./commandSources";

/** The commands there are, and what is wrong with files that could not be read. */
export interface Catalog {
  commands: CommandFacts[];
  problems: CommandProblem[];
}

/** The commands as their sources say, or as the build's manifest does where there are no sources to read. */
export function readCatalog(): Catalog {
  return canReadSources() ? readSources() : readManifest();
}

/** The commands as the last build made them: what the crontab and `run` go by. */
export function readBuiltCommands(): CommandFacts[] {
  return readManifest().commands;
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
export function findCommand(name: string, commands: CommandFacts[]): CommandFacts {
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
