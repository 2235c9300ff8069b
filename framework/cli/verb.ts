import type { OptionSpecs, OptionValues } from "../metadata/optionSpecs";
import type { ParsedArguments } from "./arguments";

/** One of laju's own verbs (`node laju list`): its arguments and what it does. */
export interface Verb<O extends OptionSpecs = OptionSpecs> {
  options: O;
  /** How many positional arguments it takes (default: none). */
  words?: { least: number; most: number };
  /** Additional lines for --help. */
  details?: string;
  /** Returns the exit status; nothing means 0. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most verbs return nothing and exit with status 0.
  run(input: VerbInput<O>): Promise<number | void> | number | void;
}

export interface VerbInput<O extends OptionSpecs = OptionSpecs> extends ParsedArguments<O> {
  options: OptionValues<O>;
  /** The words after `--`. */
  rest: string[];
}

/** Declares a verb, with the types of its options inferred for `run`. */
export function verb<const O extends OptionSpecs>(definition: Verb<O>): Verb<O> {
  return definition;
}
