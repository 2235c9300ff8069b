import { readFileSync } from "node:fs";
import { join } from "node:path";

export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

/**
 * The script that a user loads into a shell. Each time Tab is pressed, it passes the command line's words to `laju
 * completion words -- WORD…`.
 */
export function shellScript(shell: Shell): string {
  return readFileSync(join(import.meta.dirname, `laju.${shell}`), "utf8");
}
