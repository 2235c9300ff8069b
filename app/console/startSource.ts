import { existsSync, realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { paths } from "../config";
import { markEnvironment, starterSettings } from "../config/starter";
import { runMark } from "../runs/runMark";
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
  const startedAt = Date.now();
  const mark = markEnvironment(runMark({ pid: process.pid, startedAt }));
  const run = supervise({ name, startedAt, timeoutMs, mark });
  await runCommand(definition, { name, argv, run });
}

/** The program's file when it is one of the app's commands: nothing else may be loaded a second time. */
function entryFile(): string | undefined {
  if (!existsSync(paths.commands)) return undefined;
  // pm2 starts a container of its own, and names the script in the environment.
  return commandFile(process.argv[1]) ?? commandFile(starterSettings().pm2Script);
}

function commandFile(started: string | undefined): string | undefined {
  if (started === undefined) return undefined;
  const found = [started, `${started}.ts`].find((file) => existsSync(file));
  if (found === undefined) return undefined;
  const file = realpathSync(found);
  return file.startsWith(realpathSync(paths.commands) + sep) && file.endsWith(".ts") ? file : undefined;
}
