import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { readText } from "../config/readText";
import { declared } from "./command";
import type { CommandDefinition } from "./runCommand";

interface Exports {
  default?: unknown;
  run?: unknown;
  meta?: object;
}

/**
 * Runs a command from its source (`npx tsx commands/X.ts`) if its file exports `run` or an object with `run`. Reads the
 * source text to determine whether that makes it a command, because a script can also export a `run` and call it
 * itself.
 */
export async function startExported(file: string): Promise<void> {
  const exports = await exportsOf(file);
  if (exports === undefined || !mayBeCommand(exports)) return;
  // Load these modules on demand, because scripts don't need them.
  const { readSource } = await import("../metadata/source/readSource");
  const { startDefinition } = await import("./startSource");
  const { describeError } = await import("../cli/describeError");
  const shown = relative(realpathSync(paths.root), file);
  try {
    const source = readSource(readText(file), shown, shown.replace(/^commands\/|\.ts$/g, ""));
    const run = source && runOf(exports, source.start);
    if (source && run) await startDefinition({ ...source.meta, run } as CommandDefinition, file);
  } catch (error) {
    if (!(error instanceof LajuError)) throw error;
    console.error(describeError(error));
    process.exitCode = error.exitStatus;
  }
}

/** Imports the program's main module, which is already being loaded. If loading fails, Node reports the error. */
async function exportsOf(file: string): Promise<Exports | undefined> {
  try {
    return await import(pathToFileURL(file).href);
  } catch {
    return undefined;
  }
}

function mayBeCommand({ default: made, run }: Exports): boolean {
  if (typeof made === "object" && made !== null && declared.has(made)) return false;
  return (
    run !== undefined || typeof made === "function" || typeof (made as Exports | null)?.run === "function"
  );
}

function runOf({ default: made, run }: Exports, start: string): unknown {
  if (start === "run") return run;
  if (start === "default") return made;
  return start === "default.run" ? (made as Exports).run : undefined;
}
