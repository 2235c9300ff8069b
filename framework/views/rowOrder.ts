import { LajuError } from "../config/errors";
import { closest } from "../text/similar";

const orders = ["failed", "next", "name"] as const;
export type RowOrder = (typeof orders)[number];

export const sortOption = {
  sort: {
    type: "string",
    value: "order",
    choices: orders,
    description: "failed (failed commands first, the default), next (by the next start) or name",
  },
} as const;

/** Parses `--sort`; undefined if it was not given. Throws a LajuError for an unknown order. */
export function parseOrder(text: string | undefined): RowOrder | undefined {
  return text === undefined ? undefined : oneOf(orders, text);
}

/** Parses one of the `known` orders of a verb. Throws a LajuError for any other. */
export function oneOf<T extends string>(known: readonly T[], text: string): T {
  const found = known.find((order) => order === text);
  if (found !== undefined) return found;
  const near = closest(text, known);
  throw new LajuError(`cannot sort by "${text}"`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: near === undefined ? `--sort takes ${known.join(", ")}.` : `Did you mean --sort ${near}?`,
  });
}

interface OrderedRow {
  name: string;
  nextRun: string | null;
}

/** Sorts the rows; equal rows stay in list order. `urgency` is higher for failed commands. */
export function inOrder<T extends OrderedRow>(
  rows: readonly T[],
  order: RowOrder,
  urgency: (row: T) => number,
): T[] {
  const compare: Record<RowOrder, (a: T, b: T) => number> = {
    failed: (a, b) => urgency(b) - urgency(a),
    // Infinity minus Infinity is NaN, which the `|| 0` turns into "equal".
    next: (a, b) => timeOf(a) - timeOf(b) || 0,
    name: (a, b) => (a.name < b.name ? -1 : 1),
  };
  return [...rows].sort(compare[order]);
}

/** Commands without a next start come last. */
function timeOf({ nextRun }: OrderedRow): number {
  return nextRun === null ? Number.POSITIVE_INFINITY : Date.parse(nextRun);
}
