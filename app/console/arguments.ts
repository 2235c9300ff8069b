import type { parseArgs } from "node:util";
import { LajuError } from "../errors";
import type { OptionSpec, OptionSpecs, OptionValues } from "../schedule/optionSpecs";
import { require } from "../services/require";

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

/** The lines of --help for a set of options, aligned. */
export function describeOptions(specs: OptionSpecs): string[] {
  const rows = Object.entries(specs).map(([name, spec]) => [flagOf(name, spec), noteOf(spec)] as const);
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return rows.map(([flag, note]) => `  ${flag.padEnd(width)}   ${note}`.trimEnd());
}

function flagOf(name: string, spec: OptionSpec): string {
  const value = spec.type === "string" ? " <value>" : "";
  return `${spec.short ? `-${spec.short}, ` : ""}--${name}${value}`;
}

function noteOf(spec: OptionSpec): string {
  const notes = [spec.multiple ? "several times" : "", defaultNote(spec)].filter(Boolean).join(", ");
  const text = [spec.description, notes && `(${notes})`].filter(Boolean).join(" ");
  // The help has a line for each option, however its description was wrapped in the source.
  return text.replaceAll(/\s+/g, " ");
}

function defaultNote({ default: value, sensitive }: OptionSpec): string {
  if (value === undefined || value === false) return "";
  if (sensitive) return "has a default";
  return `default ${[value].flat().map(shownDefault).join(", ")}`;
}

/** Quoted where it could be misread: empty, with blanks at its ends, or with what acts on a terminal. */
function shownDefault(value: string | boolean): string {
  const text = String(value);
  return /^$|^\s|\s$|[^\S ]|\p{C}/u.test(text) ? JSON.stringify(text) : text;
}
