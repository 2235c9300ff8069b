import { printableLine } from "../text/printable";
import type { Terminal } from "./terminal";

export interface ColumnOptions {
  /** Indexes of right-aligned columns, such as numbers. */
  right?: readonly number[];
  gap?: string;
  /** Whether to keep the gap next to a column whose cells are all empty. */
  keepsEmpty?: boolean;
}

/** Aligns rows in columns. Shows only the first line of each cell. */
export function columns(
  texts: string[][],
  { right = [], gap = "  ", keepsEmpty = false }: ColumnOptions = {},
): string[] {
  const rows = texts.map((row) => row.map(printableLine));
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => widest(rows.map((row) => row[at] ?? "")));
  return rows.map((row) =>
    row
      .map((cell, at) => padded(cell, widths[at] as number, right.includes(at)))
      .filter((_, at) => keepsEmpty || (widths[at] as number) > 0)
      .join(gap)
      .trimEnd(),
  );
}

/** Pads a string with spaces to a width. */
export function padded(text: string, width: number, alignRight = false): string {
  const spaces = " ".repeat(Math.max(0, width - visibleWidth(text)));
  return alignRight ? spaces + text : text + spaces;
}

/** Truncates a string to a width, ending it with an ellipsis. Not for text with color codes. */
export function clipped(text: string, width: number, { symbols }: Pick<Terminal, "symbols">): string {
  if (visibleWidth(text) <= width) return text;
  let left = width - symbols.dots.length;
  let kept = "";
  for (const { segment } of segmentsOf(text)) {
    left -= visibleWidth(segment);
    if (left < 0) break;
    kept += segment;
  }
  return kept.trimEnd() + symbols.dots;
}

export function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(visibleWidth));
}

/** Matches text whose characters each take one column: ASCII, Latin letters, and the marks in laju's tables. */
const simple = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2013\u2014\u2026\u25cb\u25cf\u2713\u2717\u21b7]*$/;

/** How many terminal columns a string takes, ignoring color codes. */
export function visibleWidth(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: color codes begin with one.
  const plain = text.replace(/\u001b\[\d+m/g, "");
  // Load this on demand, because finding grapheme clusters takes longer than the rest of making a table.
  if (simple.test(plain)) return plain.length;
  return segmentsOf(plain).reduce((sum, { segment }) => sum + widthOf(segment), 0);
}

let segmenter: Intl.Segmenter | undefined;

/** The text's grapheme clusters: what a reader sees as one character each. */
function segmentsOf(text: string): Intl.SegmentData[] {
  segmenter ??= new Intl.Segmenter("en");
  return [...segmenter.segment(text)];
}

/** Blocks of characters that are wide or fullwidth according to Unicode's East Asian Width. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;

function widthOf(segment: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(segment)) return 0;
  return wide.test(segment) || /^\p{Emoji_Presentation}|\ufe0f/u.test(segment) ? 2 : 1;
}
