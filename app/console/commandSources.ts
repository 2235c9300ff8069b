import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config";
import { LajuError } from "../errors";
import { byPriority, type CommandFacts, type CommandProblem, commandFacts } from "../schedule/manifest";
import { readSource } from "../schedule/readSource";
import { describeError } from "./showError";

/** A command read from its source. */
export interface SourceCommand extends CommandFacts {
  text: string;
  hasTopLevelAwait: boolean;
}

/** What commands/ holds: the commands that can be read, and what is wrong with the others. */
export interface Sources {
  commands: SourceCommand[];
  problems: CommandProblem[];
}

/** The names of all commands in commands/, whatever state their files are in. */
export function commandNames(): string[] {
  return existsSync(paths.commands) ? namesIn("").sort() : [];
}

/** Folder by folder: readdir's own recursion asks the disk once more about each entry. */
function namesIn(folder: string): string[] {
  return readdirSync(join(paths.commands, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory()) return isLeftOut(entry.name, folder) ? [] : namesIn(`${path}/`);
    return isCommandFile(entry.name, folder) ? [path.replace(/\.ts$/, "")] : [];
  });
}

/** Reads commands' metadata. Nothing is executed, and one bad file does not hide the others. */
export function readSources(names = commandNames()): Sources {
  const sources: Sources = { commands: [], problems: [] };
  for (const name of names) {
    const file = `commands/${name}.ts`;
    try {
      sources.commands.push(readCommand(name, file));
    } catch (error) {
      if (!(error instanceof LajuError)) throw error;
      sources.problems.push({ file, message: describeError(error) });
    }
  }
  sources.commands.sort(byPriority);
  return sources;
}

function readCommand(name: string, file: string): SourceCommand {
  if (!/^[\w][\w./-]*$/.test(name)) {
    throw new LajuError(`${file}  "${name}" is not a command name`, {
      code: "E_NAME",
      hint: "Use letters, digits, - and _ in the names of files and folders, such as SendDailyEmails.ts.",
    });
  }
  const text = readText(file);
  const { form, meta, hasTopLevelAwait } = readSource(text, file, name);
  return { ...commandFacts(name, form, meta), text, hasTopLevelAwait };
}

function readText(file: string): string {
  try {
    return readFileSync(join(paths.root, file), "utf8");
  } catch (error) {
    throw new LajuError(`${file}  cannot be read: ${error.message}`, { code: "E_SOURCE", cause: error });
  }
}

/** laju's own verbs, and what begins with _ or a dot: no commands. */
function isLeftOut(name: string, folder: string): boolean {
  return /^[_.]/.test(name) || name === "node_modules" || (folder === "" && name === "native");
}

/** Tests and declarations are no commands either. */
function isCommandFile(name: string, folder: string): boolean {
  if (!name.endsWith(".ts") || name.endsWith(".d.ts") || /\.(test|spec)\.ts$/.test(name)) return false;
  return !isLeftOut(name, folder) && !(folder === "" && name === "index.ts");
}
