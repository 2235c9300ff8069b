import { withoutHidden } from "./neverHere";
import { inOrder, type RowOrder } from "./rowOrder";
import type { StatusRow } from "./statusRows";

/** The rows of the table, and those that have one line for all. */
export function arrangedStatus(
  rows: readonly StatusRow[],
  order: RowOrder,
  isAskedFor: (row: StatusRow) => boolean,
): { commands: StatusRow[]; hidden: readonly StatusRow[] } {
  const { shown, hidden } = withoutHidden(rows, (row) => isIdleHere(row) && !isAskedFor(row));
  return { commands: inStatusOrder(shown, order), hidden };
}

export function inStatusOrder(rows: readonly StatusRow[], order: RowOrder): StatusRow[] {
  return inOrder(rows, order, urgency);
}

/** Whether something is wrong that nobody has acknowledged. */
export function needsAttention({ troubles }: Pick<StatusRow, "troubles">): boolean {
  return troubles.some(({ acknowledged }) => acknowledged === undefined);
}

/** What needs attention, then what has failed and nobody is expected to mend. */
function urgency({ troubles, last, running, isRetrying }: StatusRow): number {
  if (needsAttention({ troubles })) return 2;
  const hasFailed = last !== null && last.state !== "succeeded" && last.state !== "running";
  return hasFailed && running === null && !isRetrying ? 1 : 0;
}

/** Nothing starts it here, and nothing goes on or is wrong all the same. */
function isIdleHere({ enabled, isMeantHere, running, troubles }: StatusRow): boolean {
  return (!enabled || !isMeantHere) && running === null && troubles.length === 0;
}
