import type { Compared } from "../support/pairs";
import { type Case, cases } from "./cases";

type Results = Map<string, Compared>;

/** A table with a row for bare node and one per command, with laju's form, its targets, and the naive form. */
export function startTable(results: Results, only: string[]): string {
  const head = [
    "",
    "command",
    "wall",
    "ratio",
    "must",
    "want",
    "cpu",
    "MiB",
    "naive",
    "MiB",
    "naive, all",
    "MiB",
  ];
  const shown = cases.filter(({ key }) => only.includes(key) && results.has(`ours ${key}`));
  return markdown([head, bareLine(results), ...shown.map((one) => caseLine(one, results))]);
}

/** A table of the alternatives, which log the same three lines. */
export function peerTable(results: Results, labels: string[]): string {
  const lines = labels.map((label) => {
    const result = results.get(label);
    return [label, ms(result), ratio(result?.wallRatio), ratio(result?.cpuRatio), memory(result)];
  });
  return markdown([["instead", "wall", "ratio", "cpu", "MiB"], ...lines]);
}

function bareLine(results: Results): string[] {
  const bare = results.get("bare");
  return [
    "",
    "bare node",
    ms(bare),
    ratio(bare?.wallRatio),
    "",
    "",
    ratio(bare?.cpuRatio),
    memory(bare),
    "",
    "",
    "",
    "",
  ];
}

function caseLine({ key, label, target }: Case, results: Results): string[] {
  const [ours, needed, all] = ["ours", "needed", "all"].map((form) => results.get(`${form} ${key}`));
  return [
    key,
    label,
    ms(ours),
    ratio(ours?.wallRatio),
    ratio(target.must),
    ratio(target.want),
    ratio(ours?.cpuRatio),
    memory(ours),
    ratio(needed?.wallRatio),
    memory(needed),
    ratio(all?.wallRatio),
    memory(all),
  ];
}

function ms(result: Compared | undefined): string {
  return result === undefined ? "" : `${result.wall.toFixed(1)} ms`;
}

function ratio(value: number | undefined): string {
  return value?.toFixed(2) ?? "";
}

function memory(result: Compared | undefined): string {
  return result?.memory.toFixed(0) ?? "";
}

/** A Markdown table whose columns are aligned in a terminal too. */
export function markdown([head = [], ...lines]: string[][]): string {
  const widths = head.map((_, index) =>
    Math.max(...[head, ...lines].map((line) => line[index]?.length ?? 0), 3),
  );
  const row = (cells: string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`;
  return [row(head), row(widths.map((width) => "-".repeat(width))), ...lines.map(row)].join("\n");
}
