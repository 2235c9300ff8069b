import type { RunState } from "./run";

/** "failed with exit status 1", "timed out", "was lost": what stands behind the command's name in a notice. */
export function failureReason(state: RunState, exitStatus: number | null): string {
  if (state === "timed_out") return "timed out";
  if (state === "lost") return "ended without a word (killed, out of memory, or the machine went down)";
  return `failed with exit status ${exitStatus ?? "unknown"}`;
}
