import type { CommandProblem } from "../metadata/manifest";
import { terminalFor } from "./terminal";

/** Prints warnings on stderr. They don't change the exit status. */
export function reportWarnings(warnings: string[]): void {
  const { paint } = terminalFor(2);
  for (const warning of warnings) console.error(`  ${paint("yellow", warning)}`);
}

/**
 * Prints the problems of files on stderr and returns the exit status. An error in code that several commands share is
 * printed only once.
 */
export function reportProblems(problems: CommandProblem[]): 0 | 1 {
  const { paint, symbols } = terminalFor(2);
  for (const text of new Set(problems.map(({ message }) => message))) {
    const [first, ...more] = text.split("\n");
    const affected = problems.filter(({ message }) => message === text).length;
    const lines = [
      ...more,
      ...(affected > 1 ? [`${affected} commands could not be built because of it.`] : []),
    ];
    console.error(
      [`${paint("red", symbols.failed)} ${first}`, ...lines.map((line) => paint("dim", line))].join("\n"),
    );
  }
  return problems.length > 0 ? 1 : 0;
}
