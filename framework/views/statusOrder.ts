import { withoutHidden } from "./neverHere";
import { inOrder, type RowOrder } from "./rowOrder";
import type { StatusRow } from "./statusRows";

/** Sorts the rows, and separates those that are summarized in one line below the table. */
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

/** Whether a command has an unacknowledged problem. */
export function needsAttention({ troubles }: Pick<StatusRow, "troubles">): boolean {
  return troubles.some(({ acknowledged }) => acknowledged === undefined);
}

/** A command's rank in the list: 2 if it needs attention, 1 if it failed but needs none, 0 otherwise. */
function urgency({ troubles, last, running, isRetrying }: StatusRow): number {
  if (needsAttention({ troubles })) return 2;
  const hasFailed = last !== null && last.state !== "succeeded" && last.state !== "running";
  return hasFailed && running === null && !isRetrying ? 1 : 0;
}

/** Whether this host does not start the command, the command is not running, and it has no troubles. */
function isIdleHere({ enabled, isMeantHere, running, troubles }: StatusRow): boolean {
  return (!enabled || !isMeantHere) && running === null && troubles.length === 0;
}
