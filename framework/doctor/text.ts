import type { Terminal } from "../cli/terminal";
import { wrapText } from "../text/wrapText";
import type { CheckResult } from "./check";

/** The output of `node laju doctor`. */
export function doctorText(results: readonly CheckResult[], { paint, symbols, width }: Terminal): string {
  const column = Math.max(...results.map(({ name }) => name.length));
  const indent = " ".repeat(column + 6);
  const marks = {
    fine: paint("green", symbols.done),
    warning: paint("yellow", symbols.skipped),
    bad: paint("red", symbols.failed),
  };
  const wrapped = (text: string) => text.split("\n").flatMap((line) => wrapText(line, width - indent.length));
  const lines = results.flatMap(({ name, state, message, cure }) => {
    const [first, ...more] = wrapped(message);
    const cures = cure === undefined ? [] : wrapped(cure).map((line) => indent + paint("dim", line));
    return [
      `  ${marks[state]} ${name.padEnd(column)}  ${first}`,
      ...more.map((line) => indent + line),
      ...cures,
    ];
  });
  return ["", ...lines, "", `  ${summary(results)}`].join("\n");
}

function summary(results: readonly CheckResult[]): string {
  const count = (state: CheckResult["state"]) => results.filter((result) => result.state === state).length;
  if (count("bad") + count("warning") === 0) return "Everything is in order.";
  const warnings = count("warning") === 1 ? "1 warning" : `${count("warning")} warnings`;
  return `${count("bad")} bad, ${warnings}, ${count("fine")} fine`;
}
