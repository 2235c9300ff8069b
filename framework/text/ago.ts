import { formatDuration } from "../config/duration";

/** How long ago: "9s ago", "52m ago", "2h 39m ago". */
export function ago(ms: number): string {
  const unit = ms < 60_000 ? 1_000 : 60_000;
  return ms < 1_000 ? "now" : `${formatDuration(Math.floor(ms / unit) * unit)} ago`;
}
