import { LajuError } from "../config/errors";
import type { CommandDefinition } from "../start/runCommand";

/** The definition of a command, from what its file exports: the result of command(), a function, or a `run`. */
export function definitionOf(command: unknown, argv: readonly string[]): CommandDefinition {
  if (typeof command === "function") return ofFunction(command, argv);
  if (typeof command !== "object" || command === null) throw noCommand(`it is ${String(command)}`);
  const { run, default: main, meta } = command as { run?: unknown; default?: unknown; meta?: object };
  if (typeof main === "object" && main !== null) return definitionOf(main, argv);
  const work = run ?? main;
  if (typeof work === "function") return { ...(meta ?? fieldsOf(command)), run: work } as CommandDefinition;
  throw noCommand(run === undefined ? "it has no run" : "its run is not a function");
}

/** The metadata next to `run` in an object. A module's other exports are not metadata. */
function fieldsOf(command: object): object {
  return (command as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === "Module" ? {} : command;
}

/**
 * The definition of a command given as a function. Throws if the test passes options, because these are declared in the
 * `meta` that the function's module exports.
 */
function ofFunction(run: unknown, argv: readonly string[]): CommandDefinition {
  if (!argv.some((word) => /^-[^-]|^--./.test(word))) return { run } as CommandDefinition;
  throw new LajuError("a function alone doesn't say which options its command takes", {
    code: "E_TEST_COMMAND",
    hint: "Pass the whole module, as in import * as purge, so that its meta is included.",
  });
}

function noCommand(reason: string): LajuError {
  return new LajuError(`this is not a command that can be tested here: ${reason}`, {
    code: "E_TEST_COMMAND",
    hint: 'A script does its work when it is imported, so don\'t import it. Pass its name: testCommand("PublishPosts").',
  });
}
