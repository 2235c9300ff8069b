import type { CommandProblem } from "../schedule/manifest";
import { terminalFor } from "./terminal";

/** Names the files that could not be used on stderr; returns the exit status that follows from them. */
export function reportProblems(problems: CommandProblem[]): 0 | 1 {
  const { paint, symbols } = terminalFor(2);
  for (const { message } of problems) {
    const [first, ...more] = message.split("\n");
    console.error(
      [`${paint("red", symbols.failed)} ${first}`, ...more.map((line) => paint("dim", line))].join("\n"),
    );
  }
  return problems.length > 0 ? 1 : 0;
}
