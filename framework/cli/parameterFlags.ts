import { LajuError } from "../config/errors";
import type { CommandFacts } from "../metadata/manifest";
import type { OptionSpec } from "../metadata/optionSpecs";

/** The command-line words for the command that stand for `run -p key=value`. */
export function parameterFlags(
  parameters: readonly string[],
  commands: readonly Pick<CommandFacts, "name" | "form" | "options">[],
): string[] {
  return parameters.map((parameter) => {
    const key = /^([^=]+)=/.exec(parameter)?.[1];
    if (key === undefined) throw usageError(`-p ${parameter} is not of the form key=value`);
    const withoutOption = commands.find(
      (command) => command.form === "declared" && optionOf(command, key) === undefined,
    );
    if (withoutOption) throw usageError(`${withoutOption.name} has no option "${key}"`);
    const isSwitch = commands.some((command) => optionOf(command, key)?.type === "boolean");
    return isSwitch ? switchFlag(key, parameter) : `--${parameter}`;
  });
}

export function usageError(message: string): LajuError {
  return new LajuError(message, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "Usage: node laju run <Name…> | --tag <tag> | --all  [-p key=value] [-- arguments]",
  });
}

/** The command's option with this name. Ignores inherited properties, such as `constructor`, which every object has. */
function optionOf({ options }: Pick<CommandFacts, "options">, key: string): OptionSpec | undefined {
  return Object.hasOwn(options, key) ? options[key] : undefined;
}

function switchFlag(key: string, parameter: string): string {
  const value = parameter.slice(key.length + 1);
  if (value === "true") return `--${key}`;
  if (value === "false") return `--no-${key}`;
  throw usageError(`-p ${parameter}: ${key} must be true or false`);
}
