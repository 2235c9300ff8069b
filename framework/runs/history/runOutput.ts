import { readTail } from "../../files/readTail";
import { readableText } from "../../services/log/readableLog";
import type { Run } from "../ledger/run";
import { lastLines, runOfLine, withoutCutLine } from "../logs/lines";
import { logFileOfRun } from "../logs/logFileOfRun";
import { idOfRun } from "./findRuns";

/** How much of the log is read for so much text: JSON is longer than what is shown of it. */
const rawFactor = 8;

/** The end of what a run printed, with the Logger's lines as a person reads them. */
export function readableTail(run: Pick<Run, "key" | "log">, longest: number): string {
  return lastLines(readableText(outputTail(run, longest * rawFactor)), longest);
}

/**
 * The end of what a run printed, at most `maxBytes`: whole lines, and of a long last one its end. Lines that name
 * another run, which wrote to the same file at the same time, are left out.
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
