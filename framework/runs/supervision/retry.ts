import type { StdioOptions } from "node:child_process";
import { environmentWith } from "../../config/config";
import { hiddenArgumentsEnvironment } from "../../config/launch";
import { require } from "../../config/require";
import { hasSecrets, warn } from "../../process/output";
import { sleepSync } from "../../process/sleep";
import { type HeldLock, lockStdio } from "../lock/lock";

/** How often a failed run is retried, and after what delay. */
export interface Retries {
  retries: number;
  /** The delay before the first retry, in milliseconds. It doubles for each further retry, up to an hour. */
  delayMs: number;
}

const longestDelayMs = 3_600_000;
const usedWrongly = 2;

/** Failures are retried, but not usage errors or runs that someone terminated with a signal. */
export function isWorthRetrying(status: number): boolean {
  return status !== 0 && status !== usedWrongly && status < 128;
}

/** The back-off before a retry: exponential, with 20% jitter so that many retries don't happen at once. */
export function retryDelay(delayMs: number, retry: number, random = Math.random()): number {
  return Math.min(delayMs * 2 ** (retry - 1), longestDelayMs) * (0.8 + 0.4 * random);
}

/**
 * Retries the command until it succeeds or has no retries left, and returns the last status. It blocks, because it is called
 * while the process exits, when nothing asynchronous runs anymore. Each attempt is a separate process with its own row. It
 * inherits the lock, which therefore stays held even if this process is killed.
 */
export function retryUntilDone(
  { name, key, lock }: { name: string; key: string | undefined; lock: HeldLock | undefined },
  firstStatus: number,
  { retries, delayMs }: Retries,
): number {
  const { spawnSync } = require("node:child_process") as typeof import("node:child_process");
  let status = firstStatus;
  for (let retry = 1; retry <= retries && isWorthRetrying(status); retry++) {
    const pauseMs = Math.round(retryDelay(delayMs, retry));
    warn(
      `${name} failed with status ${status}; retry ${retry} of ${retries} in ${(pauseMs / 1000).toFixed(1)} s`,
    );
    sleepSync(pauseMs);
    const [program = "", ...args] = process.argv.slice(1);
    const hidden = hasSecrets() ? args : [];
    const env = environmentWith({
      LAJU_ATTEMPT: `${retry + 1} ${key ?? ""}`,
      ...hiddenArgumentsEnvironment(hidden),
    });
    const words = hidden.length > 0 ? [program] : [program, ...args];
    // Release a lock that cannot be inherited: the next attempt takes the lock itself, or is skipped.
    if (lockStdio(lock).length === 0) lock?.release();
    const stdio: StdioOptions = ["inherit", "inherit", "inherit", ...lockStdio(lock)];
    const ended = spawnSync(process.execPath, words, { stdio, env });
    status = ended.status ?? 128 + signalNumber(ended.signal);
  }
  return status;
}

/** A signal's number, for an exit status such as 137 for SIGKILL. */
function signalNumber(signal: NodeJS.Signals | null): number {
  const { constants } = require("node:os") as typeof import("node:os");
  return signal === null ? 0 : constants.signals[signal];
}
