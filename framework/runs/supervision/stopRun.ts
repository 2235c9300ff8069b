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

/** How long to wait before SIGKILL, in milliseconds: a little longer than the time a command gets to clean up. */
const graceMs = 6_000;

/** A run that was stopped, and how it ended. "retries" means that its pending retry was canceled. */
export interface Stopped {
  run: Run;
  ending: "ended" | "killed" | "gone" | "retries";
}

/**
 * Stops every run of a command on this host, and cancels pending retries. Leaves a run of another container alone,
 * because its pid is a different process here.
 */
export function stopCommand(name: string): Promise<Stopped[]> {
  return stopRuns(name, () => true);
}

/** Stops one run on this host, and cancels only that run's retry. */
export function stopRun({ name, key, retryOf }: Pick<Run, "name" | "key" | "retryOf">): Promise<Stopped[]> {
  // The process of the first attempt starts the retries.
  return stopRuns(name, (row) => row.key === key || row.key === retryOf);
}

async function stopRuns(name: string, isMeant: (row: RunRow) => boolean): Promise<Stopped[]> {
  markLostRuns();
  const stopped: Stopped[] = [];
  for (const row of livingRuns(name, "running").filter(isMeant)) {
    stopped.push({ run: toRun(row), ending: await end(row) });
  }
  // Stop the process of the first attempt too: it would retry an attempt that exits with status 1 when stopped.
  for (const row of livingRuns(name, "retrying").filter(isMeant)) {
    const ending = await end(row);
    const isNews = ending !== "gone" && !stopped.some(({ run }) => run.id === row.id);
    if (isNews) stopped.push({ run: toRun(row), ending: "retries" });
  }
  return stopped;
}

/**
 * Ends a run on this host and everything it started, with SIGTERM (which aborts its `signal`) and then with SIGKILL.
 * Returns how it ended.
 */
async function end(row: RunRow): Promise<Stopped["ending"]> {
  const { pid, process: identity } = row;
  const mark = runMark(toRun(row));
  if (lifeOf(pid, identity) !== "alive") return "gone";
  const known = descendantsOf(pid, mark);
  if (!isSent(row, "SIGTERM")) return "gone";
  const hasEnded = await isGoneWithin(graceMs, () => lifeOf(pid, identity) !== "alive");
  const isKilled = !hasEnded && isSent(row, "SIGKILL");
  endDescendants(isKilled ? pid : undefined, mark, known);
  if (hasEnded) return "ended";
  const error = "stopped by laju stop and had to be killed (SIGKILL)";
  // The process of the first attempt sends the notification about a retry.
  const untold = row.attempt > 1 ? undefined : {};
  const ending = { state: "failed", exitStatus: 137, error, finishedAt: Date.now(), untold } as const;
  closeRecord(row.name, toRun(row).key, ending);
  return "killed";
}

/**
 * Sends the signal; false if the process has ended. Checks the process's identity first, because its pid may have been
 * reused.
 */
function isSent({ id, name, pid, process: identity }: RunRow, signal: NodeJS.Signals): boolean {
  if (lifeOf(pid, identity) !== "alive") return false;
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error.code === "ESRCH") return false;
    throw new LajuError(`pid ${pid} of run ${id} of ${name} cannot be signaled: ${error.code}`, {
      code: "E_STOP",
      hint: error.code === "EPERM" ? "It is another user's process." : "",
      cause: error,
    });
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
