import { formatDuration } from "../config/duration";

/** Formats an elapsed time: "9s ago", "52m ago", "2h 39m ago". */
export function ago(ms: number): string {
  return ms < 1_000 ? "now" : `${formatDuration(rounded(ms))} ago`;
}

/** Formats a remaining time, as in "next in 2h 39m". At least 1s, because "in 0s" looks wrong. */
export function until(ms: number): string {
  return formatDuration(Math.max(rounded(ms), 1_000));
}

/** Drops the seconds of a duration of a minute or more. */
function rounded(ms: number): number {
  const unit = ms < 60_000 ? 1_000 : 60_000;
  return Math.floor(ms / unit) * unit;
}
