import { formatDuration } from "../../config/duration";
import type { RunCell } from "../../runs/history/reportRuns";
import { escapeHtml } from "./escape";
import { cellCount } from "./reportData";

/**
 * The height of each kind of bar. It repeats what the color shows, for color-blind readers: failed runs' bars are
 * the tallest.
 */
const kinds = {
  bad: { top: 0, height: 24 },
  good: { top: 8, height: 16 },
  idle: { top: 16, height: 8 },
} as const;
type Kind = keyof typeof kinds;

/** The maximum number of tooltips per strip. More would make a page of many commands too large to mail. */
const maxTitles = 24;

interface Stretch {
  kind: Kind;
  from: number;
  /** The first cell after the stretch. */
  to: number;
  counts: Map<string, number>;
}

/**
 * A strip that shows a command's runs over time. Draws neighboring cells of the same kind as one stretch; only failed
 * stretches have a tooltip. `timeOf` formats the time at which a cell begins.
 */
export function timelineChart(
  cells: readonly RunCell[],
  label: string,
  timeOf: (cell: number) => string,
): string {
  const stretches = stretchesOf(cells);
  const titled = stretches.filter(({ kind }) => kind === "bad").slice(-maxTitles);
  const paths = (Object.keys(kinds) as Kind[]).map((kind) => {
    const boxes = stretches.filter((one) => one.kind === kind && !titled.includes(one)).map(boxOf);
    return boxes.length === 0 ? "" : `<path class="${kind}" d="${boxes.join("")}"/>`;
  });
  const bad = titled.map(
    (stretch) =>
      `<path class="bad" d="${boxOf(stretch)}"><title>${escapeHtml(titleOf(stretch, timeOf))}</title></path>`,
  );
  return svg("timeline", 24, label, [...paths, ...bad].join(""));
}

function stretchesOf(cells: readonly RunCell[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const [cell, own] of byCell(cells)) {
    const kind = kindOf(own);
    const last = stretches.at(-1);
    const stretch = last?.to === cell && last.kind === kind ? last : newStretch(kind, cell);
    if (stretch !== last) stretches.push(stretch);
    stretch.to = cell + 1;
    for (const { state, count } of own) stretch.counts.set(state, (stretch.counts.get(state) ?? 0) + count);
  }
  return stretches;
}

function newStretch(kind: Kind, cell: number): Stretch {
  return { kind, from: cell, to: cell, counts: new Map() };
}

function byCell(cells: readonly RunCell[]): Map<number, RunCell[]> {
  const groups = new Map<number, RunCell[]>();
  for (const cell of cells) groups.set(cell.cell, [...(groups.get(cell.cell) ?? []), cell]);
  return groups;
}

function kindOf(cells: readonly RunCell[]): Kind {
  const states = new Set(cells.map(({ state }) => state));
  if (states.has("failed") || states.has("timed_out") || states.has("lost")) return "bad";
  return states.has("succeeded") ? "good" : "idle";
}

function boxOf({ kind, from, to }: Stretch): string {
  const { top, height } = kinds[kind];
  return `M${from} ${top}h${to - from}v${height}h${from - to}z`;
}

function titleOf({ from, to, counts }: Stretch, timeOf: (cell: number) => string): string {
  const until = to - from === 1 ? "" : ` to ${timeOf(to - 1)}`;
  const what = [...counts].map(([state, count]) => `${count} ${state.replace("_", " ")}`);
  return `${timeOf(from)}${until}: ${what.join(", ")}`;
}

/** The longest run in each cell, on a scale that ends at a round number. */
export function durationChart(cells: readonly RunCell[], name: string): string {
  const points = longestByCell(cells);
  const longest = Math.max(0, ...points.map(([, ms]) => ms));
  const top = roundDuration(longest);
  const bars = points.map(([cell, ms]) => {
    const height = Math.max(1, Math.round((ms / top) * 40));
    return `M${cell} 40v-${height}h1v${height}z`;
  });
  const lines = '<path class="grid" d="M0 .5h168M0 20h168"/>';
  const label = `How long ${name} took: at most ${formatDuration(longest)}`;
  return `<div class="scale"><span>${formatDuration(top)}</span><span>${formatDuration(top / 2)}</span><span>0</span></div>
${svg("durations", 40, label, `${lines}<path d="${bars.join("")}"/>`)}`;
}

export function longestByCell(cells: readonly RunCell[]): [cell: number, ms: number][] {
  const longest = new Map<number, number>();
  for (const { cell, longest: ms } of cells) {
    if (ms !== null) longest.set(cell, Math.max(ms, longest.get(cell) ?? 0));
  }
  return [...longest];
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const steps = [
  ...[100, 200, 400, second, 2 * second, 4 * second, 10 * second, 20 * second, 40 * second],
  ...[minute, 2 * minute, 4 * minute, 10 * minute, 20 * minute, 40 * minute],
  ...[hour, 2 * hour, 4 * hour, 8 * hour, 12 * hour, 24 * hour],
];

/** The next round duration whose half is round too. */
function roundDuration(ms: number): number {
  return steps.find((step) => step >= ms) ?? Math.ceil(ms / (24 * hour)) * 24 * hour;
}

function svg(name: string, height: number, label: string, inner: string): string {
  const box = `viewBox="0 0 ${cellCount} ${height}" preserveAspectRatio="none"`;
  return `<svg class="${name}" ${box} role="img" aria-label="${escapeHtml(label)}">${inner}</svg>`;
}
