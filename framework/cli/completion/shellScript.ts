import { readFileSync } from "node:fs";
import { join } from "node:path";

export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

/**
 * The text that a user loads into a shell. It hands the words of the command line to `laju completion words -- WORD…`
 * at each press of the Tab key.
 */
export function shellScript(shell: Shell): string {
  return readFileSync(join(import.meta.dirname, `laju.${shell}`), "utf8");
}
