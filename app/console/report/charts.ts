import type { RunCell } from "../../runs/reportRuns";
import { formatDuration } from "../../schedule/duration";
import { escapeHtml } from "./escape";
import { cellCount } from "./reportData";

/** How high a cell stands says the same as its colour: bad ones are the tallest. */
const kinds = {
  bad: { top: 0, height: 24 },
  good: { top: 8, height: 16 },
  idle: { top: 16, height: 8 },
} as const;
type Kind = keyof typeof kinds;

/** What happened in each stretch of time, as one strip. `timeOf` names the beginning of a stretch. */
export function timelineChart(
  cells: readonly RunCell[],
  label: string,
  timeOf: (cell: number) => string,
): string {
  const stretches = [...new Set(cells.map(({ cell }) => cell))].map((cell) => {
    const own = cells.filter((one) => one.cell === cell);
    const kind = kindOf(own);
    const { top, height } = kinds[kind];
    const title = `${timeOf(cell)}: ${own.map(({ state, count }) => `${count} ${state.replace("_", " ")}`).join(", ")}`;
    return `<rect class="${kind}" x="${cell + 0.08}" y="${top}" width="0.84" height="${height}"><title>${escapeHtml(title)}</title></rect>`;
  });
  return svg("timeline", 24, label, stretches.join(""));
}

/** The longest run of each stretch. */
export function durationChart(
  cells: readonly RunCell[],
  label: string,
  timeOf: (cell: number) => string,
): string {
  const points = longestByCell(cells);
  const longest = Math.max(1, ...points.map(([, ms]) => ms));
  const bars = points.map(([cell, ms]) => {
    const height = Math.max(1, (ms / longest) * 40);
    const title = `${timeOf(cell)}: ${formatDuration(ms)}`;
    return `<rect x="${cell + 0.08}" y="${round(40 - height)}" width="0.84" height="${round(height)}"><title>${escapeHtml(title)}</title></rect>`;
  });
  return svg("durations", 40, label, bars.join(""));
}

export function longestByCell(cells: readonly RunCell[]): [cell: number, ms: number][] {
  const longest = new Map<number, number>();
  for (const { cell, longest: ms } of cells) {
    if (ms !== null) longest.set(cell, Math.max(ms, longest.get(cell) ?? 0));
  }
  return [...longest];
}

function svg(name: string, height: number, label: string, inner: string): string {
  const box = `viewBox="0 0 ${cellCount} ${height}" preserveAspectRatio="none"`;
  return `<svg class="${name}" ${box} role="img" aria-label="${escapeHtml(label)}">${inner}</svg>`;
}

function kindOf(cells: readonly RunCell[]): Kind {
  const states = new Set(cells.map(({ state }) => state));
  if (states.has("failed") || states.has("timed_out") || states.has("lost")) return "bad";
  return states.has("succeeded") ? "good" : "idle";
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
