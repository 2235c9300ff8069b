import { clipped } from "../../cli/table";
import { terminalFor } from "../../cli/terminal";

/** "✓ Canceled 2 jobs: 7, 9", for the verbs that change jobs. */
export function doneLine(what: string, ids: readonly number[]): string {
  const terminal = terminalFor(1);
  const { paint, symbols } = terminal;
  if (ids.length === 0) return `${paint("dim", symbols.never)} ${what} no jobs`;
  const count = ids.length === 1 ? "1 job" : `${ids.length} jobs`;
  return `${paint("green", symbols.done)} ${clipped(`${what} ${count}: ${ids.join(", ")}`, terminal.width - 2, terminal)}`;
}
