import type { LostOutput } from "../../process/output";

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
