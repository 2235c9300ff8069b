import { readFileSync } from "node:fs";
import { join } from "node:path";

export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

/**
 * The completion script for a shell. When Tab is pressed, the script passes the words of the command line to `laju
 * completion words -- WORD…`.
 */
export function shellScript(shell: Shell): string {
  return readFileSync(join(import.meta.dirname, `laju.${shell}`), "utf8");
}
