import { readTail } from "../../files/readTail";
import { hostName, isOfOtherBoot } from "../../process/thisProcess";
import { type RunRow, toRun } from "../ledger/runRow";
import { killedByKernel } from "../logs/kernelLog";
import { logFileOfRun } from "../logs/logFileOfRun";
import { nextStartInLog } from "../logs/logNeighbours";

/** Node prints a page of stack below the line that says what happened. */
const tailBytes = 16_000;

/** Lines with which a runtime takes leave: Node's own, V8's, and those of the C++ library. */
const lastWords = /^(?:FATAL ERROR|# Fatal [\w ]+?|terminate called after \w+ an instance of)(?:: | )(.+)$/m;

/**
 * Why a run ended that could not say so, as it stands behind the name of its command: what the log's end or the
 * kernel's record tells, as far as this user may read it.
 */
export function lostCause(row: RunRow): string {
  if (row.host === hostName() && isOfOtherBoot(row.process)) return "was cut off when the machine went down";
  return causeInLog(row) ?? causeInKernel(row) ?? "ended without a word (killed, or out of memory)";
}

function causeInLog(row: RunRow): string | undefined {
  const words = lastWords.exec(endOfOutput(row))?.[1]?.trim();
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
    return ""; // Not for this user to read, or gone.
  }
}

function causeInKernel({ pid, process }: RunRow): string | undefined {
  return killedByKernel(pid, process) ? "was killed by the kernel: out of memory (OOM)" : undefined;
}
