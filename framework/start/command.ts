import { paths } from "../config/config";
import { marksAround } from "../config/launch";
import { sourceEntry } from "../config/sourceEntry";
import type { OptionSpecs } from "../metadata/optionSpecs";
import { isThread } from "../process/thisProcess";
import { watchPort } from "../runs/nesting/partPort";
import type { CommandDefinition } from "./runCommand";

// A part of a run may speak to it while its file is still being loaded, which comes after this.
if (typeof LAJU_BUILT === "undefined" && marksAround().length > 0 && (isThread() || process.send))
  watchPort();

export type { CommandMeta } from "../metadata/commandMeta";
export type { CommandDefinition, CommandResult, RunContext } from "./runCommand";

/** What `command()` has made here: it starts those itself. */
export const declared = new WeakSet<object>();

/**
 * Declares a command: `export default command({ description, schedule, run })`. The work is done only when
 * its file is the program's entry; imported by another command or by a test it does nothing.
 */
export function command<const O extends OptionSpecs = Record<never, never>>(
  definition: CommandDefinition<O>,
): CommandDefinition<O> {
  // A compiled command is started by the lines that the build appends to it. Written here, and not in a function, this
  // is nothing to the build: a module that is imported later would have all modules wrapped, for it and they share some.
  if (typeof LAJU_BUILT === "undefined") {
    // A test that imports a command may be over before anything more is loaded: so this is decided at once.
    const file = sourceEntry(paths.commands);
    declared.add(definition);
    // Not awaited: the entry's module has to finish loading first.
    if (file !== undefined) {
      void import("./startSource").then((source) =>
        source.startIfEntry(definition as CommandDefinition, file),
      );
    }
  }
  return definition;
}
