import { readTail } from "../../files/readTail";
import { hostName, isOfOtherBoot } from "../../process/thisProcess";
import { type RunRow, toRun } from "../ledger/runRow";
import { killedByKernel } from "../logs/kernelLog";
import { logFileOfRun } from "../logs/logFileOfRun";
import { nextStartInLog } from "../logs/logNeighbors";

/**
 * How many bytes at the end of a log to search: enough for the long stack trace that Node prints below the line with
 * the cause.
 */
const tailBytes = 16_000;

/** The line that Node, V8 or the C++ library prints when the process crashes. */
const crashLine = /^(?:FATAL ERROR|# Fatal [\w ]+?|terminate called after \w+ an instance of)(?:: | )(.+)$/m;

/**
 * Why a run was lost, as the rest of a sentence that begins with the command's name. Looks for the cause at the end of
 * the run's log and in the kernel's log, if this user can read them.
 */
export function lostCause(row: RunRow): string {
  if (row.host === hostName() && isOfOtherBoot(row.process))
    return "was interrupted when the machine went down";
  return (
    causeInLog(row) ?? causeInKernel(row) ?? "exited without reporting a result (killed, or out of memory)"
  );
}

function causeInLog(row: RunRow): string | undefined {
  const words = crashLine.exec(endOfOutput(row))?.[1]?.trim();
  if (words === undefined) return undefined;
  return /out of memory|bad_alloc/.test(words) ? `ran out of memory: ${words}` : `crashed: ${words}`;
}

function endOfOutput(row: RunRow): string {
  const run = toRun(row);
  try {
    const file = logFileOfRun(run);
    if (file === undefined || run.log === null) return "";
    return readTail(file, { from: run.log.from, to: nextStartInLog(run), maxBytes: tailBytes }).text;
  } catch {
    return ""; // The log is gone, or this user can't read it.
  }
}

function causeInKernel({ pid, process }: RunRow): string | undefined {
  return killedByKernel(pid, process) ? "was killed by the kernel: out of memory (OOM)" : undefined;
}
