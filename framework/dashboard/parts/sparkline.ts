import { formatDuration } from "../../config/duration";
import { type Html, html, markup } from "../html";
import { nothing } from "../live/liveParts";
import type { StripRun } from "../read/lastRuns";

const width = 80;
const height = 22;

/** The durations of the last successful runs, as a line chart whose scale starts at zero. */
export function sparkline(runs: readonly StripRun[]): Html {
  const durations = successes(runs);
  if (durations.length < 2) return nothing;
  const longest = Math.max(...durations, 1);
  const points = durations.map((ms, index) => {
    const x = (index / (durations.length - 1)) * (width - 2) + 1;
    return `${x.toFixed(1)} ${(height - 2 - (ms / longest) * (height - 4)).toFixed(1)}`;
  });
  const label = `Durations: usually ${formatDuration(usual(runs) ?? 0)}, at most ${formatDuration(longest)}`;
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${markup(`<path d="M${points.join("L")}"/>`)}</svg>`;
}

/** The median duration of successful runs; undefined if there are none. */
export function usual(runs: readonly StripRun[]): number | undefined {
  const sorted = successes(runs).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function successes(runs: readonly StripRun[]): number[] {
  return runs.flatMap(({ state, durationMs }) =>
    state === "succeeded" && durationMs !== null ? [durationMs] : [],
  );
}
