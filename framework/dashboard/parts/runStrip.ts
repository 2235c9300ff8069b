import type { RunState } from "../../runs/ledger/run";
import { type Html, html, markup } from "../html";
import type { StripRun } from "../read/lastRuns";

/** The height of a bar by the kind of its run, so that results can be told apart without color. */
const kinds = {
  bad: { top: 0, height: 20 },
  good: { top: 6, height: 14 },
  idle: { top: 14, height: 6 },
  now: { top: 0, height: 20 },
} as const;
export type RunKind = keyof typeof kinds;

const slots = 30;
const step = 8;

export function kindOf(state: RunState): RunKind {
  if (state === "succeeded") return "good";
  if (state === "running") return "now";
  return state === "skipped" ? "idle" : "bad";
}

/** The last runs as bars, newest on the right. */
export function runStrip(runs: readonly StripRun[]): Html {
  const first = slots - runs.length;
  const paths = (Object.keys(kinds) as RunKind[]).map((kind) => {
    const own = runs.flatMap(({ state }, index) => (kindOf(state) === kind ? [first + index] : []));
    return own.length === 0 ? "" : `<path class="${kind}" d="${bars(kind, own)}"/>`;
  });
  return html`<svg class="strip" viewBox="0 0 ${slots * step} 20" role="img" aria-label="${stripText(runs)}">${markup(paths.join(""))}</svg>`;
}

/**
 * The path of the bars. Each bar is a thick line whose position is relative to the previous one. A rectangle would take
 * three times as many bytes.
 */
function bars(kind: RunKind, places: readonly number[]): string {
  const { top, height } = kinds[kind];
  return places
    .map((slot, index) => {
      const before = places[index - 1];
      return before === undefined
        ? `M${slot * step + 3} ${top}v${height}`
        : `m${(slot - before) * step}-${height}v${height}`;
    })
    .join("");
}

/** Describes the bars, as in "Last 30 runs: 26 succeeded, 4 failed". */
export function stripText(runs: readonly StripRun[]): string {
  if (runs.length === 0) return "No runs yet";
  const counts = new Map<string, number>();
  for (const { state } of runs) counts.set(state, (counts.get(state) ?? 0) + 1);
  const words = [...counts].map(([state, count]) => `${count} ${state.replace("_", " ")}`);
  return `Last ${runs.length === 1 ? "run" : `${runs.length} runs`}: ${words.join(", ")}`;
}
