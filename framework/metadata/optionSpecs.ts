/** One option of a command, in the words of node:util's parseArgs, with a line for --help. */
export interface OptionSpec {
  type: "string" | "boolean";
  /** A single letter: `short: "d"` allows -d. */
  short?: string;
  /** May be given several times; the value is then a list. */
  multiple?: boolean;
  default?: string | boolean | readonly string[] | readonly boolean[];
  description?: string;
  /** Its value is a secret: it is kept out of the ledger, logs, notices and the list of processes. */
  sensitive?: boolean;
}

/** The options of a command by their long names. */
export interface OptionSpecs {
  readonly [name: string]: OptionSpec;
}

type Single<S extends OptionSpec> = S["type"] extends "boolean" ? boolean : string;
type Value<S extends OptionSpec> = S["multiple"] extends true ? Single<S>[] : Single<S>;
type HasValue<S extends OptionSpec> = S extends { default: string | boolean | readonly unknown[] }
  ? true
  : false;

/** The values `run` receives: undefined is possible only where there is no default. */
export type OptionValues<O extends OptionSpecs> = {
  [K in keyof O]: HasValue<O[K]> extends true ? Value<O[K]> : Value<O[K]> | undefined;
};
