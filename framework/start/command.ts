import { paths } from "../config/config";
import { marksAround } from "../config/launch";
import { sourceEntry } from "../config/sourceEntry";
import type { OptionSpecs } from "../metadata/optionSpecs";
import { isThread } from "../process/thisProcess";
import { watchPort } from "../runs/nesting/partPort";
import type { CommandDefinition } from "./runCommand";

// If this process is a part of a run, track from now on whether it uses its channel: it may send a message while its
// modules are still loading.
if (typeof LAJU_BUILT === "undefined" && marksAround().length > 0 && (isThread() || process.send))
  watchPort();

export type { CommandMeta } from "../metadata/commandMeta";
export type { CommandDefinition, CommandResult, RunContext } from "./runCommand";

/** The objects passed to `command()`, which starts them. Other code must not start them again. */
export const declared = new WeakSet<object>();

/**
 * Declares a command: `export default command({ description, schedule, run })`. The command runs only if its file is
 * the program, not if another command or a test imports it.
 */
export function command<const O extends OptionSpecs = Record<never, never>>(
  definition: CommandDefinition<O>,
): CommandDefinition<O> {
  // A compiled command is started by code that the build adds. Keep this code inline: the build then removes the whole
  // branch. A dynamic import that remains would make esbuild wrap every shared module.
  if (typeof LAJU_BUILT === "undefined") {
    // Determine this now and not in a module that is loaded later: a test that imports a command may have finished by
    // then.
    const file = sourceEntry(paths.commands);
    declared.add(definition);
    // Don't await this import: it waits until the program's main module, which calls command(), has been loaded.
    if (file !== undefined) {
      void import("./startSource").then((source) =>
        source.startIfEntry(definition as CommandDefinition, file),
      );
    }
  }
  return definition;
}
