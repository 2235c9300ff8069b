import { setTimeout as sleep } from "node:timers/promises";
import { LajuError } from "../../config/errors";
import { lifeOf } from "../../process/thisProcess";
import { markLostRuns } from "../history/lostRuns";
import { closeRecord } from "../ledger/record";
import type { Run } from "../ledger/run";
import { type RunRow, toRun } from "../ledger/runRow";
import { descendantsOf, endDescendants } from "../nesting/descendants";
import { runMark } from "../nesting/nesting";
import { livingRuns } from "./livingRuns";

/** A little longer than a command that listens to its signal may take to tidy up, in milliseconds. */
const patience = 6_000;

/** How a run that was to stop has ended; "retries" is one that waited to try again. */
export interface Stopped {
  run: Run;
  ending: "ended" | "killed" | "gone" | "retries";
}

/**
 * Ends every run of a command on this host, and those that wait to be tried again. One whose pid belongs to another
 * container is left alone: here that number is another process.
 */
export async function stopCommand(name: string): Promise<Stopped[]> {
  markLostRuns();
  const stopped: Stopped[] = [];
  for (const row of livingRuns(name, "running")) {
    stopped.push({ run: toRun(row), ending: await stopRun(row) });
  }
  // What ends an attempt by itself, with status 1, is tried again by the process of the first one.
  for (const row of livingRuns(name, "retrying")) {
    const ending = await stopRun(row);
    const isNews = ending !== "gone" && !stopped.some(({ run }) => run.id === row.id);
    if (isNews) stopped.push({ run: toRun(row), ending: "retries" });
  }
  return stopped;
}

/**
 * Ends a run of this host and all it started: SIGTERM, which aborts its signal, and SIGKILL if it is still
 * there afterwards. Returns how it ended.
 */
async function stopRun(row: RunRow): Promise<Stopped["ending"]> {
  const { pid, process: identity } = row;
  const mark = runMark(toRun(row));
  if (lifeOf(pid, identity) !== "alive") return "gone";
  const known = descendantsOf(pid, mark);
  if (!isSent(row, "SIGTERM")) return "gone";
  const hasEnded = await isGoneWithin(patience, () => lifeOf(pid, identity) !== "alive");
  const isKilled = !hasEnded && isSent(row, "SIGKILL");
  endDescendants(isKilled ? pid : undefined, mark, known);
  if (hasEnded) return "ended";
  const error = "stopped by laju stop, and only SIGKILL could end it";
  // Of a retry the process of the first attempt tells.
  const untold = row.attempt > 1 ? undefined : {};
  const end = { state: "failed", exitStatus: 137, error, finishedAt: Date.now(), untold } as const;
  closeRecord(row.name, toRun(row).key, end);
  return "killed";
}

/** False where it has ended by now: its pid may be another process's already. */
function isSent({ id, name, pid, process: identity }: RunRow, signal: NodeJS.Signals): boolean {
  if (lifeOf(pid, identity) !== "alive") return false;
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error.code === "ESRCH") return false;
    throw new LajuError(
      `pid ${pid}, which run ${id} of ${name} says it is, cannot be signaled: ${error.code}`,
      {
        code: "E_STOP",
        hint: error.code === "EPERM" ? "It is another user's process." : "",
        cause: error,
      },
    );
  }
}

async function isGoneWithin(limit: number, isGone: () => boolean): Promise<boolean> {
  const giveUpAt = Date.now() + limit;
  while (!isGone()) {
    if (Date.now() > giveUpAt) return false;
    await sleep(50);
  }
  return true;
}
