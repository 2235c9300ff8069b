import type { Terminal } from "../cli/terminal";
import { printableLine } from "../text/printable";
import type { CheckResult } from "./check";

/** What is bad, one line each and below it what to do: nothing where all is well. */
export function troubleLines(results: readonly CheckResult[], { paint, symbols }: Terminal): string[] {
  return results
    .filter(({ state }) => state === "bad")
    .flatMap(({ message, cure }) => [
      `${paint("red", symbols.failed)} ${sentence(message)}`,
      ...(cure === undefined ? [] : cure.split("\n").map((line) => `  ${paint("dim", line)}`)),
    ]);
}

/** A finding begins small, as it stands behind its name in `doctor`. */
export function sentence(message: string): string {
  const line = printableLine(message);
  return line.slice(0, 1).toUpperCase() + line.slice(1);
}
