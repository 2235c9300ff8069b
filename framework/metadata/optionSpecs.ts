/** One option of a command, in the format of node:util's parseArgs, with a description for --help. */
export interface OptionSpec {
  type: "string" | "boolean";
  /** A single letter: `short: "d"` allows -d. */
  short?: string;
  /** Whether the option may be repeated. If so, its value is an array. */
  multiple?: boolean;
  default?: string | boolean | readonly string[] | readonly boolean[];
  description?: string;
  /** Whether the value is secret and kept out of the ledger, logs, notifications and the process list. */
  sensitive?: boolean;
}

/** The options of a command, by name (without the leading --). */
export interface OptionSpecs {
  readonly [name: string]: OptionSpec;
}

type Single<S extends OptionSpec> = S["type"] extends "boolean" ? boolean : string;
type Value<S extends OptionSpec> = S["multiple"] extends true ? Single<S>[] : Single<S>;
type HasValue<S extends OptionSpec> = S extends { default: string | boolean | readonly unknown[] }
  ? true
  : false;

/** The option values passed to `run`. An option without a default is undefined if it isn't given. */
export type OptionValues<O extends OptionSpecs> = {
  [K in keyof O]: HasValue<O[K]> extends true ? Value<O[K]> : Value<O[K]> | undefined;
};
