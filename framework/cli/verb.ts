import type { OptionSpec, OptionValues } from "../metadata/optionSpecs";
import type { ParsedArguments } from "./arguments";

/** An option of a verb. */
export interface VerbOption extends OptionSpec {
  /** The kind of value, such as "folder". Help then shows `--out <folder>`, and completion suggests folders. */
  value?: string;
  /** The values that completion suggests. */
  choices?: readonly string[];
}

export interface VerbOptions {
  readonly [name: string]: VerbOption;
}

/** One of laju's own verbs, such as `list`: its arguments, its help and what it does. */
export interface Verb<O extends VerbOptions = VerbOptions> {
  options: O;
  /** How many positional arguments the verb takes (default: none). */
  words?: { least: number; most: number };
  /** Additional lines for --help. */
  details?: string;
  /** For --help: pairs of what to type after `node laju` and what it does. */
  examples: readonly (readonly [line: string, meaning: string])[];
  /** Returns the exit status; undefined means 0. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most verbs return nothing and exit with status 0.
  run(input: VerbInput<O>): Promise<number | void> | number | void;
}

export interface VerbInput<O extends VerbOptions = VerbOptions> extends ParsedArguments<O> {
  options: OptionValues<O>;
  /** The command-line words after `--`. */
  rest: string[];
  /** All verbs, for the code that generates help, completion and the manual. */
  verbGroups: readonly VerbGroup[];
}

/** A verb in the output of `node laju`, and how to load it. Only the verb that is called is loaded. */
export interface VerbEntry {
  name: string;
  usage: string;
  summary: string;
  // The type of the options differs from verb to verb. The dispatcher only passes them through.
  load: () => Promise<{ default: Verb<never> }>;
}

/** The verbs under one heading in the output of `node laju`. */
export type VerbGroup = readonly [heading: string, verbs: readonly VerbEntry[]];

/** Declares a verb. `run` gets its options with the types that follow from the declaration. */
export function verb<const O extends VerbOptions>(definition: Verb<O>): Verb<O> {
  return definition;
}
