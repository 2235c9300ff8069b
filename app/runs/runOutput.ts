import { readTail } from "../files/readTail";
import { idOfRun } from "./ledger";
import { runOfLine } from "./lineRun";
import { logFileOfRun } from "./logFileOfRun";
import type { Run } from "./run";

/**
 * The end of what a run printed, at most `maxBytes`: whole lines, and of a long last one its end. Lines that name
 * another run, which wrote to the same file meanwhile, are left out.
 */
export function outputTail(run: Pick<Run, "key" | "log">, maxBytes: number): string {
  const file = logFileOfRun(run);
  if (file === undefined || run.log === null) return "";
  const { text, isCut } = readTail(file, { ...run.log, maxBytes });
  return (isCut ? withoutCutLine(text, maxBytes) : text)
    .split("\n")
    .filter((line) => !isOfAnother(line, run.key))
    .join("\n")
    .trimEnd();
}

/** A command may print text that looks like another run's line; only runs that there are count. */
function isOfAnother(line: string, own: string): boolean {
  const key = runOfLine(line);
  return key !== undefined && key !== own && idOfRun(key) !== undefined;
}

/** A line that was cut goes, unless it is most of what there is: an error with its stack is one line of the log. */
function withoutCutLine(text: string, maxBytes: number): string {
  const end = text.indexOf("\n");
  if (end >= 0 && end < maxBytes / 2) return text.slice(end + 1);
  // A character may have been cut with it.
  return `…${text.replace(/^\ufffd{0,3}/, "")}`;
}
