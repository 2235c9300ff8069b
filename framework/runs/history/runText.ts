import { dirname } from "node:path";
import { paths } from "../../config/config";
import type { LostOutput } from "../../process/output";
import { shellQuote } from "../../text/shellQuote";
import type { Run } from "../ledger/run";

type NotedRun = Pick<Run, "state" | "message" | "error" | "processed" | "failed" | "loggedError">;

/** "3 processed, 2 failed"; empty if the run reported no counts. */
export function countsText({ processed, failed }: Pick<Run, "processed" | "failed">): string {
  const counts = [
    processed == null ? "" : `${processed} processed`,
    failed == null ? "" : `${failed} failed`,
  ];
  return counts.filter(Boolean).join(", ");
}

/** A one-line summary of a run: its message if it succeeded, its counts and error if it failed. */
export function runNote(run: NotedRun): string {
  const { state, message, error, loggedError } = run;
  const isBad = state === "failed" || state === "timed_out" || state === "lost";
  if (!isBad) return message ?? error ?? "";
  const what = countsText(run);
  const why = error ?? loggedError ?? (what === "" ? message : null);
  return [what, why].filter(Boolean).join(": ");
}

/**
 * "failed with exit status 1", "timed out" or "ran out of memory": the rest of a notice's title, after the command's
 * name.
 */
export function failureReason({
  state,
  exitStatus,
  error,
}: Pick<Run, "state" | "exitStatus" | "error">): string {
  if (state === "timed_out") return "timed out";
  if (state === "lost")
    return error?.split("\n", 1)[0] || "exited without reporting a result (killed, or out of memory)";
  return `failed with exit status ${exitStatus ?? "unknown"}`;
}

const reasons: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file has reached its maximum size",
  EIO: "the disk failed",
  EROFS: "the disk is read-only",
  EPIPE: "the program that read it has exited",
};

/** "lost 4000 lines of its output: the disk is full (ENOSPC)": the rest of a sentence, after the command's name. */
export function lossText({ lines, code }: LostOutput): string {
  const count = lines === 1 ? "1 line" : `${lines} lines`;
  const why = reasons[code];
  return `lost ${count} of its output: ${why === undefined ? code : `${why} (${code})`}`;
}

/** Output lost to a closed pipe is not a problem: `| head` closes it on purpose. */
export function isLossTrouble(lost: LostOutput | null | undefined): lost is LostOutput {
  return lost != null && lost.code !== "EPIPE";
}

/** The shell command that shows how full the disk with the run's log is. */
export function diskCommand(run: Pick<Run, "log"> | null | undefined): string {
  const folder = run?.log == null ? paths.logs : dirname(run.log.file);
  return `df -h ${shellQuote(folder)}`;
}

/** The message of a run that was skipped because another server claimed its scheduled time. */
export function holderText(host: string, moment: string): string {
  return `run by ${host} for ${moment}`;
}

/** The server that holderText() named in this message; null for any other message. */
export function holderIn(message: string | null): string | null {
  return /^run by (\S+) for \S+$/.exec(message ?? "")?.[1] ?? null;
}
