import type { OptionSpec, OptionSpecs } from "../../metadata/optionSpecs";
import type { VerbOptions } from "../verb";

/** A suggestion for the word at the cursor, and what it means. */
export interface Suggestion {
  word: string;
  note?: string;
}

/** The suggestions, or the kind of path that the shell should complete by itself. */
export type Completion = Suggestion[] | "files" | "folders";

/** A verb, for completion. Its options are loaded only if the command line contains the verb. */
export interface CompletedVerb {
  name: string;
  usage: string;
  summary: string;
  options(): Promise<VerbOptions>;
}

/** The names that completion can suggest. Each kind of name is read only when it is needed. */
export interface CompletedNames {
  commands(): Suggestion[];
  jobTypes(): Suggestion[];
  tags(): Suggestion[];
  environments(): Suggestion[];
  timezones(): Suggestion[];
  /** The options that this command declares. */
  optionsOf(command: string): OptionSpecs;
}

/**
 * Completes the last of `words`, which are the words after `laju`. The last word can be empty. If nothing matches, the
 * list is empty.
 */
export async function complete(
  words: readonly string[],
  verbs: readonly CompletedVerb[],
  names: CompletedNames,
): Promise<Completion> {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const at = before.findIndex((word) => !word.startsWith("-"));
  if (at < 0) return fitting(current, current.startsWith("-") ? globalFlags : verbs.map(asSuggestion));
  const verb = verbs.find(({ name }) => name === before[at]);
  if (verb === undefined) return [];
  const given = before.slice(at + 1);
  const end = given.indexOf("--");
  if (end >= 0) return ofCommand(current, given.slice(0, end), given.slice(end + 1), names);
  return ofVerb(current, given, verb, names);
}

const globalFlags: Suggestion[] = [
  { word: "--help", note: "List the verbs" },
  { word: "--version", note: "Print laju's version" },
];
const help: Suggestion = { word: "--help", note: "Show this verb's options" };

async function ofVerb(
  current: string,
  given: readonly string[],
  verb: CompletedVerb,
  names: CompletedNames,
): Promise<Completion> {
  const options = await verb.options();
  const [, name, value] = /^--([\w-]+)=(.*)$/s.exec(current) ?? [];
  if (name !== undefined && value !== undefined) {
    const values = valuesOf(options[name], names);
    if (!Array.isArray(values)) return values;
    return fitting(
      current,
      values.map(({ word, note }) => ({ word: `--${name}=${word}`, ...(note && { note }) })),
    );
  }
  const waiting = optionBefore(given, options);
  if (waiting !== undefined) {
    const values = valuesOf(waiting, names);
    return Array.isArray(values) ? fitting(current, values) : values;
  }
  if (current.startsWith("-")) return fitting(current, [...flags(options, given), help]);
  return fitting(current, wordsOf(verb.usage, given, names));
}

/**
 * Completes the options of a command, for words after `run`'s `--`, which are passed to the command. The build's
 * manifest lists these options.
 */
function ofCommand(
  current: string,
  given: readonly string[],
  passed: readonly string[],
  names: CompletedNames,
): Suggestion[] {
  const command = given.find((word) => !word.startsWith("-"));
  if (command === undefined || !current.startsWith("-")) return [];
  return fitting(current, flags(names.optionsOf(command), passed));
}

/**
 * The option to which the word at the cursor is the value; undefined if the word before it is no option with a value.
 */
function optionBefore(given: readonly string[], options: VerbOptions) {
  const [, long, short] = /^(?:--([\w-]+)|-(\w))$/.exec(given.at(-1) ?? "") ?? [];
  const spec =
    long === undefined
      ? Object.values(options).find((option) => option.short === short && short !== undefined)
      : options[long];
  return spec?.type === "string" ? spec : undefined;
}

/** The options that can still be added: those not given yet, and those that may be repeated. */
function flags(options: OptionSpecs, given: readonly string[]): Suggestion[] {
  return Object.entries(options)
    .filter(([name, { multiple }]) => multiple || !given.some((word) => word.split("=")[0] === `--${name}`))
    .map(([name, spec]) => ({ word: `--${name}`, ...noteOf(spec) }));
}

function noteOf({ description }: OptionSpec) {
  return description && { note: description.replaceAll(/\s+/g, " ") };
}

function valuesOf(spec: VerbOptions[string] | undefined, names: CompletedNames): Completion {
  if (spec?.choices !== undefined) return spec.choices.map((word) => ({ word }));
  return spec?.value === undefined ? [] : named(spec.value, names);
}

/** The suggestions for the placeholder in a verb's usage: `<Name>`, `[Name…]`, `<bash|zsh|fish>`, `<id…|all>`. */
function wordsOf(usage: string, given: readonly string[], names: CompletedNames): Suggestion[] {
  const takesMany = usage.includes("…");
  if (!takesMany && given.some((word) => !word.startsWith("-"))) return [];
  const choices = usage
    .replaceAll(/[<>"[\]]/g, "")
    .replace("…", "")
    .split("|");
  return choices.flatMap((choice) => {
    const offered = named(choice, names);
    if (Array.isArray(offered) && offered.length > 0)
      return offered.filter(({ word }) => !given.includes(word));
    return choices.length > 1 && choice !== "id" ? [{ word: choice }] : [];
  });
}

function named(kind: string, names: CompletedNames): Completion {
  if (kind === "folder") return "folders";
  if (kind === "file") return "files";
  if (kind === "Name") return names.commands();
  if (kind === "type" || kind === "types") return names.jobTypes();
  if (kind === "tag" || kind === "tags") return names.tags();
  if (kind === "environment") return names.environments();
  if (kind === "zone") return names.timezones();
  return [];
}

function fitting(current: string, all: readonly Suggestion[]): Suggestion[] {
  return all.filter(({ word }) => word.startsWith(current));
}

function asSuggestion({ name, summary }: CompletedVerb): Suggestion {
  return { word: name, note: summary };
}
