import type { CommandProblem } from "../metadata/manifest";
import { terminalFor } from "./terminal";

/** Says on stderr what stops nothing, and should be known. */
export function reportWarnings(warnings: string[]): void {
  const { paint } = terminalFor(2);
  for (const warning of warnings) console.error(`  ${paint("yellow", warning)}`);
}

/**
 * Names the files that could not be used on stderr; returns the exit status that follows from them. An error in
 * code that many commands share is said once.
 */
export function reportProblems(problems: CommandProblem[]): 0 | 1 {
  const { paint, symbols } = terminalFor(2);
  for (const text of new Set(problems.map(({ message }) => message))) {
    const [first, ...more] = text.split("\n");
    const stopped = problems.filter(({ message }) => message === text).length;
    const lines = [
      ...more,
      ...(stopped > 1 ? [`${stopped} commands could not be built because of it.`] : []),
    ];
    console.error(
      [`${paint("red", symbols.failed)} ${first}`, ...lines.map((line) => paint("dim", line))].join("\n"),
    );
  }
  return problems.length > 0 ? 1 : 0;
}
