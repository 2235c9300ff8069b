import { paths } from "../config/config";
import { marksAround } from "../config/launch";
import { sourceEntry } from "../config/sourceEntry";
import type { OptionSpecs } from "../metadata/optionSpecs";
import { isThread } from "../process/thisProcess";
import { watchPort } from "../runs/nesting/partPort";
import type { CommandDefinition } from "./runCommand";

// If this process is part of a run, watch its port early: the run may send a message while this file is still loading.
if (typeof LAJU_BUILT === "undefined" && marksAround().length > 0 && (isThread() || process.send))
  watchPort();

export type { CommandMeta } from "../metadata/commandMeta";
export type { CommandDefinition, CommandResult, RunContext } from "./runCommand";

/** The definitions created by `command()`, which starts them itself. */
export const declared = new WeakSet<object>();

/**
 * Declares a command: `export default command({ description, schedule, run })`. It runs only if its file is the
 * program's entry, and not if another command or a test imports it.
 */
export function command<const O extends OptionSpecs = Record<never, never>>(
  definition: CommandDefinition<O>,
): CommandDefinition<O> {
  // A compiled command is started by code that the build appends to it. Keep this inline: the build removes the branch
  // with its dynamic import, which would otherwise make esbuild wrap every shared module.
  if (typeof LAJU_BUILT === "undefined") {
    // Decide synchronously: a test that imports a command can finish before another module is loaded.
    const file = sourceEntry(paths.commands);
    declared.add(definition);
    // Don't await this: the entry module has to finish loading first.
    if (file !== undefined) {
      void import("./startSource").then((source) =>
        source.startIfEntry(definition as CommandDefinition, file),
      );
    }
  }
  return definition;
}
