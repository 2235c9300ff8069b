import type { OptionSpecs, OptionValues } from "../metadata/optionSpecs";
import type { ParsedArguments } from "./arguments";

/** One of laju's own verbs (`node laju list`): what it takes and what it does. */
export interface Verb<O extends OptionSpecs = OptionSpecs> {
  options: O;
  /** The fewest and most words it takes beside options (default: none). */
  words?: { least: number; most: number };
  /** More lines for --help. */
  details?: string;
  /** Returns the exit status, 0 when it returns nothing. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most verbs end with status 0 and say nothing.
  run(input: VerbInput<O>): Promise<number | void> | number | void;
}

export interface VerbInput<O extends OptionSpecs = OptionSpecs> extends ParsedArguments<O> {
  options: OptionValues<O>;
  /** What stood after `--`. */
  rest: string[];
}

/** Declares a verb, so that `run` gets its options typed. */
export function verb<const O extends OptionSpecs>(definition: Verb<O>): Verb<O> {
  return definition;
}
