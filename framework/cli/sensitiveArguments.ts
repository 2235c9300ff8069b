import { require } from "../config/require";
import type { OptionSpecs } from "../metadata/optionSpecs";

/** A command line in which sensitive values are hidden, and those values. */
export interface HiddenArguments {
  shown: string[];
  secrets: string[];
}

export function hasSensitive(specs: OptionSpecs = {}): boolean {
  return Object.values(specs).some(({ sensitive }) => sensitive === true);
}

/** The defaults of sensitive options, which are as secret as values that a user passes. */
export function sensitiveDefaults(specs: OptionSpecs = {}): string[] {
  return Object.values(specs).flatMap(({ sensitive, default: value }) =>
    sensitive && value !== undefined ? [value].flat().map(String) : [],
  );
}

/**
 * The options, with the defaults of sensitive options masked. Only the default's value is secret, not that there is
 * one.
 */
export function withoutSensitiveDefaults(specs: OptionSpecs): OptionSpecs {
  const shown = Object.entries(specs).map(([name, spec]) => {
    if (!spec.sensitive || spec.default === undefined) return [name, spec] as const;
    return [name, { ...spec, default: Array.isArray(spec.default) ? ["***"] : "***" }] as const;
  });
  return Object.fromEntries(shown);
}

/**
 * Hides the values of sensitive options, however they are written. If there are any, also hides the values of unknown
 * options, because one of those may be a misspelled sensitive option.
 */
export function hideSensitive(argv: readonly string[], specs: OptionSpecs = {}): HiddenArguments {
  if (argv.length === 0 || !hasSensitive(specs)) return { shown: [...argv], secrets: [] };
  const { parseArgs } = require("node:util") as typeof import("node:util");
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  );
  const { tokens } = parseArgs({
    ...{ args: [...argv], options, strict: false, allowPositionals: true, allowNegative: true },
    tokens: true,
  });
  const shown = [...argv];
  const secrets: string[] = [];
  for (const token of tokens) {
    if (token.kind !== "option" || token.value === undefined) continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : { sensitive: true };
    if (!spec?.sensitive) continue;
    secrets.push(token.value);
    const word = shown[token.index] ?? "";
    if (token.inlineValue) shown[token.index] = `${word.slice(0, word.length - token.value.length)}***`;
    else shown[token.index + 1] = "***";
  }
  return { shown, secrets };
}
