import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { environmentWith, paths } from "../config/config";
import { LajuError } from "../config/errors";
import { hidingArguments } from "../config/launch";
import { stateOfRun } from "../runs/history/findRuns";
import { newRunKey } from "../runs/ledger/record";
import type { RunState } from "../runs/ledger/run";

const killedStatus = 137;
const timedOutStatus = 124;

/** How a command that was started here ended. */
export interface Ended {
  /** 128+n when signal n killed it; 124 when it ran out of time, even where that took SIGKILL. */
  status: number;
  outcome: "done" | "skipped" | "failed" | "timed out";
}

/**
 * Starts a compiled command as the crontab does (in build/, by this very node), with this terminal, and
 * waits for its end. Its arguments can be kept off its command line, which everybody on the machine can read.
 */
export async function startCommand(
  name: string,
  args: string[],
  { hidesArguments = false } = {},
): Promise<Ended> {
  if (!existsSync(join(paths.build, "commands", `${name}.js`))) {
    throw new LajuError(`build/commands/${name}.js is not there`, {
      code: "E_NOT_BUILT",
      hint: "Run npm run build.",
    });
  }
  const key = newRunKey(Date.now());
  const hidden = hidesArguments ? args : [];
  const child = spawn(process.execPath, [`commands/${name}.js`, ...(hidesArguments ? [] : args)], {
    cwd: paths.build,
    // Somebody wants it now: a pause holds back what cron starts. And its run is looked for under this key.
    env: environmentWith({ LAJU_BY_HAND: key, ...hidingArguments(hidden) }),
    stdio: "inherit",
  });
  const stopPassing = passSignals(child);
  try {
    return outcomeOf(await endOf(child), recordedState(key));
  } finally {
    stopPassing();
  }
}

/** What the status alone does not tell: that nothing was done, and that the watchdog killed it. */
function outcomeOf(status: number, state: RunState | undefined): Ended {
  if (status === 0) return { status, outcome: state === "skipped" ? "skipped" : "done" };
  const hasTimedOut = status === timedOutStatus || (status === killedStatus && state === "timed_out");
  return hasTimedOut ? { status: timedOutStatus, outcome: "timed out" } : { status, outcome: "failed" };
}

/** Without a ledger nothing more is known than the status. */
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

/** Whoever ends `laju run` means the command. (Ctrl+C reaches it from the terminal by itself.) */
function passSignals(child: ChildProcess): () => void {
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const wait = () => {};
  process.on("SIGTERM", pass).on("SIGHUP", pass).on("SIGINT", wait);
  return () => {
    process.off("SIGTERM", pass).off("SIGHUP", pass).off("SIGINT", wait);
  };
}
