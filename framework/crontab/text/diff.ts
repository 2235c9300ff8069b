import { type CrontabUnits, isCommand, unitsOf } from "./units";

/** How a block changes: the changed lines as text, and the number of commands by kind of change. */
export interface CrontabDiff {
  lines: DiffLine[];
  added: number;
  changed: number;
  removed: number;
  unchanged: number;
}

export interface DiffLine {
  sign: "+" | "-";
  text: string;
}

/** Compares the lines of two blocks command by command. */
export function diffBodies(before: string, after: string): CrontabDiff {
  const old = unitsOf(before);
  const young = unitsOf(after);
  const gone = [...old].filter(([key]) => !young.has(key)).flatMap(([, lines]) => signed("-", lines));
  const rest = [...young].flatMap(([key, lines]) => changesIn(old.get(key) ?? [], lines));
  const fates = [...new Set([...old.keys(), ...young.keys()])].filter(isCommand).map(changeIn(old, young));
  const count = (fate: string) => fates.filter((candidate) => candidate === fate).length;
  return {
    lines: [...gone, ...rest],
    added: count("added"),
    changed: count("changed"),
    removed: count("removed"),
    unchanged: count("unchanged"),
  };
}

function changesIn(old: readonly string[], young: readonly string[]): DiffLine[] {
  const gone = old.filter((line) => !young.includes(line));
  const come = young.filter((line) => !old.includes(line));
  return [...signed("-", gone), ...signed("+", come)];
}

function signed(sign: DiffLine["sign"], lines: readonly string[]): DiffLine[] {
  return lines.map((text) => ({ sign, text }));
}

function changeIn(old: CrontabUnits, young: CrontabUnits) {
  return (key: string) => {
    const before = old.get(key)?.join("\n");
    const after = young.get(key)?.join("\n");
    if (before === undefined) return "added";
    if (after === undefined) return "removed";
    return before === after ? "unchanged" : "changed";
  };
}
