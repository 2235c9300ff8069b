import { LajuError } from "../config/errors";
import type { OptionSpecs, OptionValues } from "../metadata/optionSpecs";

/** A value for each option, of the type that `run` gets. An option whose value is a string also accepts a number. */
export type GivenOptions<O extends OptionSpecs> = {
  [K in keyof OptionValues<O>]?: OptionValues<O>[K] | Loose<OptionValues<O>[K]>;
};
type Loose<V> = V extends string ? number : V extends string[] ? readonly (string | number)[] : V;

/** Converts options and arguments to a command line. */
export function wordsOf(options: object = {}, args: readonly (string | number)[] = []): string[] {
  const words = Object.entries(options).flatMap(([name, value]) => [value].flat().flatMap(wordFor(name)));
  const others = args.map(String);
  return others.some((word) => word.startsWith("-")) ? [...words, "--", ...others] : [...words, ...others];
}

function wordFor(name: string): (value: unknown) => string[] {
  return (value) => {
    if (value === undefined) return [];
    if (value === true) return [`--${name}`];
    if (value === false) return [`--no-${name}`];
    if (typeof value === "string" || typeof value === "number") return [`--${name}=${value}`];
    throw new LajuError(`the option ${name} is ${JSON.stringify(value) ?? typeof value}`, {
      code: "E_TEST",
      hint: "An option's value must be a string, a boolean, or a list of them.",
    });
  };
}
