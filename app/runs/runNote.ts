import type { Run } from "./run";

type Said = Pick<Run, "state" | "message" | "error" | "processed" | "failed" | "loggedError">;

/** "3 processed, 2 failed"; empty where the run did not count. */
export function countsText({ processed, failed }: Pick<Run, "processed" | "failed">): string {
  const counts = [
    processed == null ? "" : `${processed} processed`,
    failed == null ? "" : `${failed} failed`,
  ];
  return counts.filter(Boolean).join(", ");
}

/**
 * What a run has to say in one line of a table: of a good one its message, of a bad one what it counted and why it failed.
 */
export function runNote(run: Said): string {
  const { state, message, error, loggedError } = run;
  const isBad = state === "failed" || state === "timed_out" || state === "lost";
  if (!isBad) return firstLine(message ?? error);
  const what = countsText(run);
  const why = firstLine(error ?? loggedError ?? (what === "" ? message : null));
  return [what, why].filter(Boolean).join(": ");
}

function firstLine(text: string | null): string {
  return (text ?? "").split("\n", 1)[0] as string;
}
