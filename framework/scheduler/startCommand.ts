import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { environmentWith, paths } from "../config/config";
import { LajuError } from "../config/errors";
import { hiddenArgumentsEnvironment } from "../config/launch";
import { stateOfRun } from "../runs/history/findRuns";
import { newRunKey } from "../runs/ledger/record";
import type { RunState } from "../runs/ledger/run";

const killedStatus = 137;
const timedOutStatus = 124;

/** The result of a command started here. */
export interface Ended {
  /** 128+n if signal n killed it; 124 if it timed out, even if it had to be killed. */
  status: number;
  outcome: "done" | "skipped" | "failed" | "timed out";
}

/**
 * Starts a compiled command as the crontab does (in build/, with this Node), attached to this terminal, and waits for
 * it to finish. Its arguments can be kept off its command line, which every user on the machine can read.
 */
export async function startCommand(
  name: string,
  args: string[],
  { hidesArguments = false } = {},
): Promise<Ended> {
  if (!existsSync(join(paths.build, "commands", `${name}.js`))) {
    throw new LajuError(`build/commands/${name}.js does not exist`, {
      code: "E_NOT_BUILT",
      hint: "Run npm run build.",
    });
  }
  const key = newRunKey(Date.now());
  const hidden = hidesArguments ? args : [];
  const child = spawn(process.execPath, [`commands/${name}.js`, ...(hidesArguments ? [] : args)], {
    cwd: paths.build,
    // Marks the run as started by hand, so that a pause doesn't stop it, and sets its key, with which it can be looked
    // up later.
    env: environmentWith({ LAJU_BY_HAND: key, ...hiddenArgumentsEnvironment(hidden) }),
    stdio: "inherit",
  });
  const stopPassing = passSignals(child);
  try {
    return outcomeOf(await endOf(child), recordedState(key));
  } finally {
    stopPassing();
  }
}

/** Detects what the status alone doesn't show: a skipped run, and one killed by the watchdog. */
function outcomeOf(status: number, state: RunState | undefined): Ended {
  if (status === 0) return { status, outcome: state === "skipped" ? "skipped" : "done" };
  const hasTimedOut = status === timedOutStatus || (status === killedStatus && state === "timed_out");
  return hasTimedOut ? { status: timedOutStatus, outcome: "timed out" } : { status, outcome: "failed" };
}

/**
 * The state that the ledger has for the run. Undefined if there is no ledger, in which case only the exit status is
 * known.
 */
function recordedState(key: string): RunState | undefined {
  try {
    return stateOfRun(key);
  } catch {
    return undefined;
  }
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve(signal ? 128 + constants.signals[signal] : (status ?? 1)));
  });
}

/** Forwards signals to the command. (Ctrl+C in the terminal reaches it directly.) */
function passSignals(child: ChildProcess): () => void {
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const wait = () => {};
  process.on("SIGTERM", pass).on("SIGHUP", pass).on("SIGINT", wait);
  return () => {
    process.off("SIGTERM", pass).off("SIGHUP", pass).off("SIGINT", wait);
  };
}
