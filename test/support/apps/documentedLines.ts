import { readFileSync } from "node:fs";

/** A command line in a document, and the output that the document shows. */
export interface DocumentedLine {
  line: string;
  output: string;
}

/** The command lines (after `$ `) in a document's code blocks. */
export function documentedLines(file: string): DocumentedLine[] {
  const blocks = [...readFileSync(file, "utf8").matchAll(/^```\w*\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, text = ""]) => {
    const [, ...typed] = `\n${text}`.split(/\n\$ /);
    return typed.map((part) => {
      const [line = "", ...output] = part.split("\n");
      return { line, output: output.join("\n") };
    });
  });
}

/**
 * The lines of an output without what differs between machines or runs: numbers, times, padding, the order of files.
 */
export function comparable(output: string): string[] {
  return (
    output
      .replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ [A-Z][a-z]{2}\b/g, "DAY")
      .replace(/\b\d+(\.\d+)?\s?(ms|s|m|h)\b( \d+s)?/g, "TIME")
      .replace(/\b(\d+d|TIME)( TIME)*\b/g, "TIME")
      .replace(/\b(TIME ago|now)\b/g, "AGO")
      // How much of the last cell of a row is visible depends on the widths of the other cells.
      .replace(/ {2}(?! )((?! {2}).)*…$/gm, "  …")
      .replace(/\b[a-z0-9]{13,16}\b/g, "RUN")
      .replace(/\d+/g, "N")
      .split("\n")
      .map((line) => line.replace(/\s+/g, " ").trim())
      // The last cell may be on a line of its own, because "next in 9h 59m" leaves no room for it.
      .flatMap((line) => line.split(/(?<=next in TIME) /))
      // Leave out individual tests, which vitest lists only if they are slow.
      .filter((line) => line !== "" && !/^✓ (?!test\/).* TIME$/.test(line))
      .sort()
  );
}
