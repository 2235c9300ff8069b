import type { OptionSpec } from "../metadata/optionSpecs";
import type { VerbOption, VerbOptions } from "./verb";

/** The lines of --help that describe these options, in two aligned columns. */
export function describeOptions(specs: VerbOptions): string[] {
  const rows = optionRows(specs);
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return rows.map(([flag, note]) => `  ${flag.padEnd(width)}   ${note}`.trimEnd());
}

/** Each option as typed, and its description. */
export function optionRows(specs: VerbOptions): (readonly [flag: string, note: string])[] {
  return Object.entries(specs).map(([name, spec]) => [flagOf(name, spec), noteOf(spec)]);
}

function flagOf(name: string, spec: VerbOption): string {
  const value = spec.type === "string" ? ` <${spec.value ?? "value"}>` : "";
  const negation = spec.default === true ? "[no-]" : "";
  return `${spec.short ? `-${spec.short}, ` : ""}--${negation}${name}${value}`;
}

function noteOf(spec: OptionSpec): string {
  const notes = [spec.multiple ? "repeatable" : "", defaultNote(spec)].filter(Boolean).join(", ");
  const text = [spec.description, notes && `(${notes})`].filter(Boolean).join(" ");
  // Remove line breaks, so that each option takes one line even if its description is wrapped in the source.
  return text.replaceAll(/\s+/g, " ");
}

function defaultNote({ default: value, sensitive }: OptionSpec): string {
  if (value === undefined || value === false) return "";
  if (sensitive) return "has a default";
  return `default ${[value].flat().map(shownDefault).join(", ")}`;
}

/**
 * The default, as --help shows it. Quotes it if it could be misread: if it is empty, begins or ends with a space, or
 * contains control characters.
 */
function shownDefault(value: string | boolean): string {
  const text = String(value);
  return /^$|^\s|\s$|[^\S ]|\p{C}/u.test(text) ? JSON.stringify(text) : text;
}
