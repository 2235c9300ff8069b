import type { JournalEnd, JournalStart } from "./journal";
import type { RunState } from "./run";

/** The latest time that a Date can hold, in milliseconds. */
const latest = 8.64e15;

const ends: RunState[] = ["succeeded", "failed", "timed_out", "skipped", "lost"];

/**
 * Parses a line of the journal. Undefined unless all values are valid: a damaged or forged line must not break the
 * readers of the ledger.
 */
export function journalEntry(line: string): JournalStart | JournalEnd | undefined {
  const entry = parsed(line);
  if (typeof entry?.key !== "string") return undefined;
  return ("name" in entry ? isStart(entry) : isEnd(entry)) ? (entry as unknown as JournalStart) : undefined;
}

type Entry = Record<string, unknown>;

function isStart({ name, args, startedAt, host, pid, log }: Entry): boolean {
  return (
    typeof name === "string" &&
    typeof host === "string" &&
    Array.isArray(args) &&
    args.every((one) => typeof one === "string") &&
    isTime(startedAt) &&
    isCount(pid) &&
    (log == null || isLog(log as Entry))
  );
}

function isLog({ file, inode, from }: Entry): boolean {
  return typeof file === "string" && (inode == null || Number.isInteger(inode)) && isCount(from);
}

function isEnd({
  state,
  exitStatus,
  finishedAt,
  logTo,
  durationMs,
  processed,
  failed,
  lostOutput,
  cpuMs,
  peakMemory,
}: Entry): boolean {
  return (
    ends.includes(state as RunState) &&
    (exitStatus == null || Number.isInteger(exitStatus)) &&
    isTime(finishedAt) &&
    (logTo == null || isCount(logTo)) &&
    (processed == null || isCount(processed)) &&
    (failed == null || isCount(failed)) &&
    (lostOutput == null || isLoss(lostOutput as Entry)) &&
    (cpuMs == null || isCount(cpuMs)) &&
    (peakMemory == null || isCount(peakMemory)) &&
    (durationMs == null || (typeof durationMs === "number" && durationMs >= 0 && durationMs <= latest))
  );
}

function isLoss({ lines, code }: Entry): boolean {
  return isCount(lines) && typeof code === "string";
}

function isTime(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= latest;
}

/**
 * Whether a value is a pid, a count or a position in a file. Inodes need a different check, because they can exceed
 * Number.MAX_SAFE_INTEGER.
 */
function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parsed(line: string): Entry | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
