import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { markName } from "../config";
import { descendantsOf, endDescendants } from "./descendants";
import { runningRuns } from "./lastRun";
import { recordEnd } from "./ledger";
import { markLostRuns } from "./lostRuns";
import { retryingRuns } from "./retryingRuns";
import type { Run } from "./run";
import { runMark } from "./runMark";
import { lifeOf, processIdentity } from "./thisProcess";

/** A little longer than a command that listens to its signal may take to tidy up, in milliseconds. */
const patience = 6_000;

/** How a run that was to stop has ended; "retries" is one that waited to try again. */
export interface Stopped {
  run: Run;
  ending: "ended" | "killed" | "gone" | "retries";
}

/** Ends every run of a command on this host, and those that wait to be tried again. */
export async function stopCommand(name: string): Promise<Stopped[]> {
  markLostRuns();
  const stopped: Stopped[] = [];
  for (const run of runningRuns().filter((one) => one.name === name && one.host === hostname())) {
    stopped.push({ run, ending: await stopRun(run) });
  }
  // What ends an attempt by itself, with status 1, is tried again by the process of the first one.
  for (const run of retryingRuns(name)) {
    const ending = await stopRun(run);
    const isNews = ending !== "gone" && !stopped.some((one) => one.run.id === run.id);
    if (isNews) stopped.push({ run, ending: "retries" });
  }
  return stopped;
}

/**
 * Ends a run of this host and all it started: SIGTERM, which aborts its signal, and SIGKILL if it is still
 * there afterwards. Returns how it ended.
 */
async function stopRun(run: Run): Promise<"ended" | "killed" | "gone"> {
  const identity = processIdentity(run.pid);
  if (identity === null) return "gone";
  const mark = `${markName}=${runMark(run)}`;
  const known = descendantsOf(run.pid, mark);
  if (!isSent(run.pid, "SIGTERM")) return "gone";
  const hasEnded = await isGoneWithin(patience, () => lifeOf(run.pid, identity) === "gone");
  if (!hasEnded) isSent(run.pid, "SIGKILL");
  endDescendants(run.pid, mark, known);
  if (hasEnded) return "ended";
  const error = "stopped by laju stop, and only SIGKILL could end it";
  recordEnd(run.id, { state: "failed", exitStatus: 137, error, finishedAt: Date.now() });
  return "killed";
}

/** False where it has ended in this very moment. */
function isSent(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error.code === "ESRCH") return false;
    throw error;
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
