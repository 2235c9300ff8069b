import type { Run } from "../ledger/run";

type Said = Pick<Run, "state" | "message" | "error" | "processed" | "failed" | "loggedError">;

/** "3 processed, 2 failed"; empty where the run did not count. */
export function countsText({ processed, failed }: Pick<Run, "processed" | "failed">): string {
  const counts = [
    processed == null ? "" : `${processed} processed`,
    failed == null ? "" : `${failed} failed`,
  ];
  return counts.filter(Boolean).join(", ");
}

/** What a run has to say, the first line first: a good one its message, a bad one what it counted and why it failed. */
export function runNote(run: Said): string {
  const { state, message, error, loggedError } = run;
  const isBad = state === "failed" || state === "timed_out" || state === "lost";
  if (!isBad) return message ?? error ?? "";
  const what = countsText(run);
  const why = error ?? loggedError ?? (what === "" ? message : null);
  return [what, why].filter(Boolean).join(": ");
}
