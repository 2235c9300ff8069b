import { dirname } from "node:path";
import { paths } from "../../config/config";
import type { LostOutput } from "../../process/output";
import { shellQuote } from "../../text/shellQuote";
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

const reasons: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is as large as it may be",
  EIO: "the disk failed",
  EROFS: "the disk is read-only",
  EPIPE: "nothing reads it any more",
};

/** "lost 4000 lines of its output: the disk is full (ENOSPC)", as it stands behind the name of a command. */
export function lossText({ lines, code }: LostOutput): string {
  const count = lines === 1 ? "1 line" : `${lines} lines`;
  const why = reasons[code];
  return `lost ${count} of its output: ${why === undefined ? code : `${why} (${code})`}`;
}

/** `| head` ends a pipe on purpose: that the rest is lost harms nobody. */
export function isLossTrouble(lost: LostOutput | null | undefined): lost is LostOutput {
  return lost != null && lost.code !== "EPIPE";
}

/** How full the disk is that a run's output goes to, as it is typed into a shell. */
export function diskCommand(run: Pick<Run, "log"> | null | undefined): string {
  const folder = run?.log == null ? paths.logs : dirname(run.log.file);
  return `df -h ${shellQuote(folder)}`;
}

/** How a skipped run says that another server has its scheduled moment. */
export function holderText(host: string, moment: string): string {
  return `run by ${host} for ${moment}`;
}

/** The server that such a sentence names; null in any other sentence. */
export function holderIn(message: string | null): string | null {
  return /^run by (\S+) for \S+$/.exec(message ?? "")?.[1] ?? null;
}
