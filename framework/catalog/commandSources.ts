import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../cli/describeError";
import { withoutSensitiveDefaults } from "../cli/sensitiveArguments";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { readText } from "../config/readText";
import { byPriority, type CommandFacts, type CommandProblem, commandFacts } from "../metadata/manifest";
import type { CommandStart } from "../metadata/source/commandForm";
import { readSource } from "../metadata/source/readSource";

/** A command as its source declares it. */
export interface SourceCommand extends CommandFacts {
  text: string;
  start: CommandStart;
  hasTopLevelAwait: boolean;
  isAlone: boolean;
}

/** What is in commands/: commands, invalid files, and helper modules. */
export interface Sources {
  commands: SourceCommand[];
  /** The files that could not be used, and why. */
  problems: CommandProblem[];
  /** Warnings about helper modules, whose names should begin with _ because they are not commands. */
  helpers: CommandProblem[];
}

/** The names of all commands in commands/, including those with invalid files. */
export function commandNames(): string[] {
  return existsSync(paths.commands) ? namesIn("").sort() : [];
}

/**
 * The names in a folder and its subfolders. Doesn't use readdir's own recursion, which makes an extra system call per
 * entry.
 */
function namesIn(folder: string): string[] {
  return readdirSync(join(paths.commands, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory()) return isIgnored(entry.name, folder) ? [] : namesIn(`${path}/`);
    return isCommandFile(entry.name, folder) ? [path.replace(/\.ts$/, "")] : [];
  });
}

/** Reads the metadata of commands without executing any code. An invalid file doesn't affect the others. */
export function readSources(names = commandNames()): Sources {
  const sources: Sources = { commands: [], problems: [], helpers: [] };
  for (const name of names) {
    const file = `commands/${name}.ts`;
    try {
      const command = readCommand(name, file);
      if (command) sources.commands.push(command);
      else sources.helpers.push({ file, message: helperText(name, file) });
    } catch (error) {
      if (!(error instanceof LajuError)) throw error;
      sources.problems.push({ file, message: describeError(error) });
    }
  }
  sources.commands.sort(byPriority);
  return sources;
}

/** The command without the facts that only the build needs, and without secret defaults. */
export function factsOnly(command: SourceCommand): CommandFacts {
  const { text: _text, hasTopLevelAwait: _await, start: _start, isAlone: _alone, ...facts } = command;
  return { ...facts, options: withoutSensitiveDefaults(facts.options) };
}

function helperText(name: string, file: string): string {
  const path = name.split("/");
  const suggested = ["commands", ...path.slice(0, -1), `_${path.at(-1)}.ts`].join("/");
  return `${file} only exports helpers, so it is not a command: rename it to ${suggested}, or export a function named run`;
}

function readCommand(name: string, file: string): SourceCommand | undefined {
  if (!/^[\w][\w./-]*$/.test(name)) {
    throw new LajuError(`${file}  "${name}" is not a command name`, {
      code: "E_NAME",
      hint: "Use letters, digits, - and _ in the names of files and folders, such as SendDailyEmails.ts.",
    });
  }
  const text = sourceText(file);
  const source = readSource(text, file, name);
  if (source === undefined) return undefined;
  const { form, meta, ...rest } = source;
  return { ...commandFacts(name, form, meta), ...rest, text };
}

function sourceText(file: string): string {
  try {
    return readText(join(paths.root, file));
  } catch (error) {
    throw new LajuError(`${file}  cannot be read: ${error.message}`, { code: "E_SOURCE", cause: error });
  }
}

/** Skips laju's own verbs, node_modules, and names that begin with _ or a dot. */
function isIgnored(name: string, folder: string): boolean {
  return /^[_.]/.test(name) || name === "node_modules" || (folder === "" && name === "native");
}

/** Tests and type declarations also end with .ts, but are not commands. */
function isCommandFile(name: string, folder: string): boolean {
  if (!name.endsWith(".ts") || name.endsWith(".d.ts") || /\.(test|spec)\.ts$/.test(name)) return false;
  return !isIgnored(name, folder) && !(folder === "" && name === "index.ts");
}
