import type { Terminal } from "../../cli/terminal";
import { printableLine } from "../../text/printable";

/** Rows in columns, two blanks apart; texts to the left, and numbers to the right where their column says so. */
export function columns(texts: string[][], right: readonly number[] = []): string[] {
  const rows = texts.map((row) => row.map(printableLine));
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (right.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .filter((_, at) => (widths[at] ?? 0) > 0)
      .join("  ")
      .trimEnd(),
  );
}

/** What of a text has room. */
export function clipped(text: string, room: number, { symbols }: Terminal): string {
  return text.length <= room ? text : text.slice(0, room - symbols.dots.length).trimEnd() + symbols.dots;
}
