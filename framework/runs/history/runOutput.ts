import { readTail } from "../../files/readTail";
import { readableText } from "../../services/log/readableLog";
import type { Run } from "../ledger/run";
import { lastLines, runOfLine, withoutCutLine } from "../logs/lines";
import { logFileOfRun } from "../logs/logFileOfRun";
import { idOfRun } from "./findRuns";

/**
 * How many bytes of the log to read for each byte to show, because JSON lines are longer than the text shown for them.
 */
const rawFactor = 8;

/** The end of a run's output, with the Logger's lines formatted for reading. */
export function readableTail(run: Pick<Run, "key" | "log">, longest: number): string {
  return lastLines(readableText(outputTail(run, longest * rawFactor)), longest);
}

/**
 * The end of a run's output, at most `maxBytes`, in whole lines unless the last line is longer. Omits the lines of
 * other runs that wrote to the same file at the same time.
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

/**
 * Whether a line belongs to another run. Checks that the ledger has that other run, because a command can print text
 * that looks like another run's line.
 */
function isOfAnother(line: string, own: string): boolean {
  const key = runOfLine(line);
  return key !== undefined && key !== own && idOfRun(key) !== undefined;
}
