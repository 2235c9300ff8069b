import { readFileSync } from "node:fs";

/** A line that a document has its reader type, and what it says comes of it. */
export interface DocumentedLine {
  line: string;
  output: string;
}

/** The lines that stand behind `$ ` in a document's code. */
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

/** Output without what differs from one machine, or one run, to the next: numbers, times, padding, the order of files. */
export function comparable(output: string): string[] {
  return (
    output
      .replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ [A-Z][a-z]{2}\b/g, "DAY")
      .replace(/\b\d+(\.\d+)?\s?(ms|s|m|h)\b( \d+s)?/g, "TIME")
      .replace(/\b(TIME ago|now)\b/g, "AGO")
      .replace(/\b[a-z0-9]{13,16}\b/g, "RUN")
      .replace(/\d+/g, "N")
      .split("\n")
      .map((line) => line.replace(/\s+/g, " ").trim())
      // vitest lists single tests only where they are slow.
      .filter((line) => line !== "" && !/^✓ (?!test\/).* TIME$/.test(line))
      .sort()
  );
}
