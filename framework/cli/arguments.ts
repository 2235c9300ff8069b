import type { parseArgs } from "node:util";
import { LajuError } from "../config/errors";
import { require } from "../config/require";
import type { OptionSpecs, OptionValues } from "../metadata/optionSpecs";

export interface ParsedArguments<O extends OptionSpecs> {
  args: string[];
  options: OptionValues<O>;
}

/** Parses the arguments of a command or verb. Throws an error that names an unknown option, with exit status 2. */
export function parseArguments<O extends OptionSpecs>(argv: string[], specs: O): ParsedArguments<O> {
  if (argv.length === 0) return { args: [], options: defaultsOf(specs) };
  try {
    const { parseArgs } = require("node:util") as typeof import("node:util");
    const { values, positionals } = parseArgs({
      args: argv,
      options: forParseArgs(specs),
      allowPositionals: true,
      allowNegative: true,
    });
    return { args: positionals, options: { ...values } as OptionValues<O> };
  } catch (error) {
    throw usageError(error as Error, argv, specs);
  }
}

/** The values if no arguments are given. Doesn't load parseArgs, because most starts (by cron) have no arguments. */
function defaultsOf<O extends OptionSpecs>(specs: O): OptionValues<O> {
  const withDefault = Object.entries(specs).filter(([, spec]) => spec.default !== undefined);
  return Object.fromEntries(
    withDefault.map(([name, { default: value }]) => [name, Array.isArray(value) ? [...value] : value]),
  ) as OptionValues<O>;
}

/** The specs without what parseArgs rejects: keys such as `description`, and readonly arrays. */
function forParseArgs(specs: OptionSpecs) {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { type, short, multiple, default: value }]) => [
      name,
      {
        type,
        ...(short !== undefined && { short }),
        ...(multiple !== undefined && { multiple }),
        ...(value !== undefined && { default: Array.isArray(value) ? [...value] : value }),
      },
    ]),
  ) as NonNullable<Parameters<typeof parseArgs>[0]>["options"] & {};
}

function usageError(error: Error, argv: string[], specs: OptionSpecs): LajuError {
  const known = Object.keys(specs).map((name) => `--${name}`);
  const unknown = /Unknown option '(--?[^']+)'/.exec(error.message)?.[1];
  const hint = known.length > 0 ? `Available options: ${known.join(", ")}.` : "There are no options.";
  if (unknown !== undefined) {
    return new LajuError(`unknown option ${unknown}`, { code: "E_USAGE", exitStatus: 2, hint });
  }
  const ambiguous = /Option '[^']*' argument is ambiguous/.test(error.message);
  const missing = /Option '([^']*)' argument (?:missing|is ambiguous)/.exec(error.message)?.[1];
  const message =
    missing === undefined ? firstSentence(error.message) : `option ${longName(missing, argv)} needs a value`;
  const dashHint = ambiguous && missing ? dashValueHint(longName(missing, argv), argv) : undefined;
  return new LajuError(message, { code: "E_USAGE", exitStatus: 2, hint: dashHint ?? hint });
}

/** The hint for `--offset -5`. Since -5 could also be an option, parseArgs accepts it as a value only after "=". */
function dashValueHint(option: string, argv: string[]): string {
  const value = argv[argv.indexOf(option) + 1] ?? "-5";
  return `If ${value} is the value, write ${option}=${value}.`;
}

/** Extracts --days from parseArgs' notation, such as "-d, --days <value>". */
function longName(shown: string, argv: string[]): string {
  return /--[\w-]+/.exec(shown)?.[0] ?? argv.find((word) => word.startsWith("-")) ?? shown;
}

function firstSentence(message: string): string {
  return message.split(/\. |\n/)[0] ?? message;
}
