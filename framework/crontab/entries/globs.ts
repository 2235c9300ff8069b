import { rangesOf } from "../../schedule/expression/render";

/** A combination of small numbers, such as hour and minute, and whether a guard lets it pass. */
export interface Sample {
  readonly values: readonly number[];
  readonly passes: boolean;
}

/** A set of combinations: for each position, the numbers that pass, or "any". */
export type Box = readonly (ReadonlySet<number> | "any")[];

type Values = readonly number[];

/**
 * Boxes that together contain every sample that passes and none that fails. Boxes may also include combinations without
 * a sample, because these never occur. That keeps the patterns short.
 */
export function boxesFor(samples: readonly Sample[]): Box[] {
  const passing = samples.filter((sample) => sample.passes).map((sample) => sample.values);
  const failing = samples.filter((sample) => !sample.passes).map((sample) => sample.values);
  const boxes: Box[] = [];
  let left = passing;
  while (left.length > 0) {
    const forward = grown(left[0], "forward", { passing, failing });
    const backward = grown(left[0], "backward", { passing, failing });
    const covered = (box: Box) => left.filter((values) => holds(box, values)).length;
    const box = covered(forward) > covered(backward) ? forward : backward;
    boxes.push(box);
    left = left.filter((values) => !holds(box, values));
  }
  return withoutRedundant(boxes, passing);
}

function withoutRedundant(boxes: readonly Box[], passing: readonly Values[]): Box[] {
  return boxes.reduce<Box[]>(
    (kept, box) => {
      const others = kept.filter((other) => other !== box);
      const isNeeded = passing.some((values) => !others.some((other) => holds(other, values)));
      return isNeeded ? kept : others;
    },
    [...boxes],
  );
}

interface Known {
  readonly passing: readonly Values[];
  readonly failing: readonly Values[];
}

/**
 * The box around a sample, widened at each position as far as possible without including a failing sample.
 */
function grown(seed: Values, order: "forward" | "backward", { passing, failing }: Known): Box {
  const box: (Set<number> | "any")[] = seed.map((value) => new Set([value]));
  for (let turn = 0; turn < seed.length; turn++) {
    const position = order === "forward" ? turn : seed.length - 1 - turn;
    box[position] = "any";
    if (!failing.some((values) => holds(box, values))) continue;
    const beside = passing.filter((values) => holds(box, values)).map((values) => values[position]);
    const barred = new Set(failing.filter((values) => holds(box, values)).map((values) => values[position]));
    box[position] = new Set(beside.filter((value) => !barred.has(value)));
  }
  return box;
}

function holds(box: Box, values: Values): boolean {
  return box.every((allowed, position) => allowed === "any" || allowed.has(values[position]));
}

/** Shell patterns for one position: two-digit numbers ("0[1-5]", "1?") or single digits ("[135]"). */
export function globsOf(allowed: ReadonlySet<number> | "any", width: 1 | 2): string[] {
  if (allowed === "any") return ["?".repeat(width)];
  const values = [...allowed].sort((a, b) => a - b);
  if (width === 1) return [digitClass(values)];
  const tensOfUnits = new Map<string, number[]>();
  for (const tens of new Set(values.map((value) => Math.floor(value / 10)))) {
    const units = digitClass(
      values.filter((value) => Math.floor(value / 10) === tens).map((value) => value % 10),
    );
    tensOfUnits.set(units, [...(tensOfUnits.get(units) ?? []), tens]);
  }
  return [...tensOfUnits].map(([units, tens]) => digitClass(tens) + units);
}

function digitClass(digits: readonly number[]): string {
  if (digits.length === 10) return "?";
  if (digits.length === 1) return String(digits[0]);
  const ranges = rangesOf(digits).map(([from, to]) =>
    to - from < 2 ? (from === to ? `${from}` : `${from}${to}`) : `${from}-${to}`,
  );
  return `[${ranges.join("")}]`;
}

/** All combinations of one pattern from each list, joined. */
export function crossed(lists: readonly (readonly string[])[], separator: string): string[] {
  return lists.reduce<string[]>(
    (heads, list) =>
      heads.flatMap((head) => list.map((tail) => (head === "" ? tail : head + separator + tail))),
    [""],
  );
}
