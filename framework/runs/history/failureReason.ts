import type { Run } from "../ledger/run";

/** "failed with exit status 1", "timed out", "ran out of memory": what stands behind the command's name in a notice. */
export function failureReason({
  state,
  exitStatus,
  error,
}: Pick<Run, "state" | "exitStatus" | "error">): string {
  if (state === "timed_out") return "timed out";
  if (state === "lost") return error?.split("\n", 1)[0] || "ended without a word (killed, or out of memory)";
  return `failed with exit status ${exitStatus ?? "unknown"}`;
}
