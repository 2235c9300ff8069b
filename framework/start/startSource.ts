import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { commandTimeout, paths } from "../config/config";
import { parseDuration } from "../config/duration";
import { startUnrecorded } from "../runs/supervision/startUnrecorded";
import { commandHelp } from "./commandHelp";
import type { CommandDefinition } from "./runCommand";
import { runCommand, wantsHelp } from "./runCommand";
import { keepConsoleLines } from "./safeConsole";

/**
 * Runs a command from its source (`npx tsx commands/X.ts`) if it is the default export of `file`, the program's main
 * file. Importing that file again costs nothing, because its module is cached.
 */
export async function startIfEntry(definition: CommandDefinition, file: string): Promise<void> {
  const entry = await import(pathToFileURL(file).href);
  if (entry.default === definition) await startDefinition(definition, file);
}

/** Runs the command whose source is `file`. */
export async function startDefinition(definition: CommandDefinition, file: string): Promise<void> {
  const name = relative(realpathSync(paths.commands), file).replace(/\.ts$/, "");
  const argv = process.argv.slice(2);
  keepConsoleLines();
  if (wantsHelp(argv, definition.options)) return console.log(commandHelp({ name, ...definition }));
  const { timeout = commandTimeout()?.text } = definition;
  const timeoutMs = timeout ? parseDuration(timeout) : null;
  const run = startUnrecorded({ name, timeoutMs });
  if (run.port?.isInUse()) return;
  await runCommand(definition, { name, argv, run });
}
