import type { Terminal } from "../cli/terminal";
import { printableLine } from "../text/printable";
import type { CheckResult } from "./check";

/** A line for each bad finding, followed by how to fix it. */
export function troubleLines(results: readonly CheckResult[], { paint, symbols }: Terminal): string[] {
  return results
    .filter(({ state }) => state === "bad")
    .flatMap(({ message, cure }) => [
      `${paint("red", symbols.failed)} ${sentence(message)}`,
      ...(cure === undefined ? [] : cure.split("\n").map((line) => `  ${paint("dim", line)}`)),
    ]);
}

/**
 * Turns a finding into a sentence. Findings start in lower case, because `doctor` prints them after the check's name.
 */
export function sentence(message: string): string {
  const line = printableLine(message);
  return line.slice(0, 1).toUpperCase() + line.slice(1);
}
