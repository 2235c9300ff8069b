import type { parseArgs } from "node:util";
import { LajuError } from "../config/errors";
import { require } from "../config/require";
import type { OptionSpecs, OptionValues } from "../metadata/optionSpecs";

export interface ParsedArguments<O extends OptionSpecs> {
  args: string[];
  options: OptionValues<O>;
}

/** Reads a command's or verb's arguments; what it does not know is an error that names it, with exit status 2. */
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
    throw wrongUse(error as Error, argv, specs);
  }
}

/** What cron's bare starts get, without loading parseArgs. */
function defaultsOf<O extends OptionSpecs>(specs: O): OptionValues<O> {
  const given = Object.entries(specs).filter(([, spec]) => spec.default !== undefined);
  return Object.fromEntries(
    given.map(([name, { default: value }]) => [name, Array.isArray(value) ? [...value] : value]),
  ) as OptionValues<O>;
}

/** parseArgs refuses keys it does not know (`description`) and readonly lists. */
function forParseArgs(specs: OptionSpecs) {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { description: _, sensitive: __, default: value, ...spec }]) => [
      name,
      value === undefined ? spec : { ...spec, default: Array.isArray(value) ? [...value] : value },
    ]),
  ) as NonNullable<Parameters<typeof parseArgs>[0]>["options"] & {};
}

function wrongUse(error: Error, argv: string[], specs: OptionSpecs): LajuError {
  const known = Object.keys(specs).map((name) => `--${name}`);
  const unknown = /Unknown option '(--?[^']+)'/.exec(error.message)?.[1];
  const hint = known.length > 0 ? `It takes ${known.join(", ")}.` : "It takes no options.";
  if (unknown !== undefined) {
    return new LajuError(`unknown option ${unknown}`, { code: "E_USAGE", exitStatus: 2, hint });
  }
  const ambiguous = /Option '[^']*' argument is ambiguous/.test(error.message);
  const missing = /Option '([^']*)' argument (?:missing|is ambiguous)/.exec(error.message)?.[1];
  const message =
    missing === undefined ? firstSentence(error.message) : `option ${longName(missing, argv)} needs a value`;
  const withSign = ambiguous && missing ? valueWithSign(longName(missing, argv), argv) : undefined;
  return new LajuError(message, { code: "E_USAGE", exitStatus: 2, hint: withSign ?? hint });
}

/** `--offset -5` could be an option -5; parseArgs takes such a value behind = only. */
function valueWithSign(option: string, argv: string[]): string {
  const value = argv[argv.indexOf(option) + 1] ?? "-5";
  return `If ${value} is its value, write ${option}=${value}.`;
}

/** parseArgs writes "-d, --days <value>". */
function longName(shown: string, argv: string[]): string {
  return /--[\w-]+/.exec(shown)?.[0] ?? argv.find((word) => word.startsWith("-")) ?? shown;
}

function firstSentence(message: string): string {
  return message.split(/\. |\n/)[0] ?? message;
}
