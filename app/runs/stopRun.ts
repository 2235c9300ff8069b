import { setTimeout as sleep } from "node:timers/promises";
import { markName } from "../config";
import { descendantsOf, endDescendants } from "./descendants";
import { closeRecord } from "./record";
import type { Run } from "./run";
import { runMark } from "./runMark";
import { lifeOf, processIdentity } from "./thisProcess";

/** A little longer than a command that listens to its signal may take to tidy up, in milliseconds. */
const patience = 6_000;

/**
 * Ends a run of this host and all it started: SIGTERM, which aborts its signal, and SIGKILL if it is still
 * there afterwards. Returns how it ended.
 */
export async function stopRun(run: Run): Promise<"ended" | "killed" | "gone"> {
  const identity = processIdentity(run.pid);
  if (identity === null) return "gone";
  const mark = `${markName}=${runMark(run)}`;
  const known = descendantsOf(run.pid, mark);
  process.kill(run.pid, "SIGTERM");
  const hasEnded = await isGoneWithin(patience, () => lifeOf(run.pid, identity) === "gone");
  if (!hasEnded) process.kill(run.pid, "SIGKILL");
  endDescendants(run.pid, mark, known);
  if (hasEnded) return "ended";
  const error = "stopped by laju stop, and only SIGKILL could end it";
  closeRecord(run.name, run.key, { state: "failed", exitStatus: 137, error, finishedAt: Date.now() });
  return "killed";
}

async function isGoneWithin(limit: number, isGone: () => boolean): Promise<boolean> {
  const giveUpAt = Date.now() + limit;
  while (!isGone()) {
    if (Date.now() > giveUpAt) return false;
    await sleep(50);
  }
  return true;
}
