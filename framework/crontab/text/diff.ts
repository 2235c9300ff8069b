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

/** Compares two versions of a block, command by command. */
export function diffBodies(before: string, after: string): CrontabDiff {
  const old = unitsOf(before);
  const updated = unitsOf(after);
  const removed = [...old].filter(([key]) => !updated.has(key)).flatMap(([, lines]) => signed("-", lines));
  const rest = [...updated].flatMap(([key, lines]) => changesIn(old.get(key) ?? [], lines));
  const keys = new Set([...old.keys(), ...updated.keys()]);
  const changes = [...keys].filter(isCommand).map(changeOf(old, updated));
  const count = (change: string) => changes.filter((each) => each === change).length;
  return {
    lines: [...removed, ...rest],
    added: count("added"),
    changed: count("changed"),
    removed: count("removed"),
    unchanged: count("unchanged"),
  };
}

function changesIn(old: readonly string[], updated: readonly string[]): DiffLine[] {
  const removed = old.filter((line) => !updated.includes(line));
  const added = updated.filter((line) => !old.includes(line));
  return [...signed("-", removed), ...signed("+", added)];
}

function signed(sign: DiffLine["sign"], lines: readonly string[]): DiffLine[] {
  return lines.map((text) => ({ sign, text }));
}

function changeOf(old: CrontabUnits, updated: CrontabUnits) {
  return (key: string) => {
    const before = old.get(key)?.join("\n");
    const after = updated.get(key)?.join("\n");
    if (before === undefined) return "added";
    if (after === undefined) return "removed";
    return before === after ? "unchanged" : "changed";
  };
}
