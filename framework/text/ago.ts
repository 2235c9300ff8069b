import { formatDuration } from "../config/duration";

/** How long ago: "9s ago", "52m ago", "2h 39m ago". */
export function ago(ms: number): string {
  return ms < 1_000 ? "now" : `${formatDuration(rounded(ms))} ago`;
}

/** How long until then, as in "next in 2h 39m"; "in 0s" would be wrong. */
export function until(ms: number): string {
  return formatDuration(Math.max(rounded(ms), 1_000));
}

/** Seconds are noise, except in the last minute. */
function rounded(ms: number): number {
  const unit = ms < 60_000 ? 1_000 : 60_000;
  return Math.floor(ms / unit) * unit;
}
