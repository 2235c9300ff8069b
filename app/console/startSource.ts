import { existsSync, realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { paths } from "../config";
import { supervise } from "../runs/supervise";
import { parseDuration } from "../schedule/duration";
import type { CommandDefinition } from "./command";
import { commandHelp, wantsHelp } from "./commandHelp";
import { runCommand } from "./runCommand";
import { keepConsoleLines } from "./safeConsole";

/**
 * Runs a command from its source (`npx tsx commands/X.ts`) when its file is the program's entry. Loading
 * the entry again costs nothing, it is cached, and shows whether its default export is this very command.
 */
export async function startIfEntry(definition: CommandDefinition): Promise<void> {
  const file = entryFile();
  if (file === undefined) return;
  const entry = await import(pathToFileURL(file).href);
  if (entry.default !== definition) return;
  const name = relative(realpathSync(paths.commands), file).replace(/\.ts$/, "");
  const argv = process.argv.slice(2);
  keepConsoleLines();
  if (wantsHelp(argv, definition.options)) return console.log(commandHelp({ name, ...definition }));
  const timeoutMs = definition.timeout === undefined ? null : parseDuration(definition.timeout);
  const run = supervise({ startedAt: Date.now(), timeoutMs });
  await runCommand(definition, { name, argv, run });
}

/** The program's file when it is one of the app's commands: nothing else may be loaded a second time. */
function entryFile(): string | undefined {
  // pm2 starts a container of its own; the script's path stands in pm_exec_path.
  const started = process.env.pm_exec_path ?? process.argv[1];
  if (started === undefined || !existsSync(paths.commands)) return undefined;
  const found = [started, `${started}.ts`].find((file) => existsSync(file));
  if (found === undefined) return undefined;
  const file = realpathSync(found);
  return file.startsWith(realpathSync(paths.commands) + sep) && file.endsWith(".ts") ? file : undefined;
}
