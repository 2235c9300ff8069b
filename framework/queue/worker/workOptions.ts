import { settings } from "../../config/config";
import { parseDuration } from "../../config/duration";
import { LajuError } from "../../config/errors";
import { wholeNumber } from "../../config/wholeNumber";
import { logWarn } from "../../services/Logger";
import { patienceFor, patienceWarning } from "./patience";
import type { WorkerOptions } from "./worker";

/** What commands/Worker.ts takes on its command line. */
export interface WorkerArguments {
  concurrency: string;
  types?: string | undefined;
  once: boolean;
  patience?: string | undefined;
}

/** How a worker is to work. */
export interface WorkOptions {
  concurrency: number;
  types: readonly string[] | undefined;
  once: boolean;
  /** How long what runs may take to end after SIGTERM or SIGINT, in milliseconds, and why so long. */
  patienceMs: number;
  patienceReason?: string;
  /** See Worker. */
  leaseMs?: number;
  keepMs?: number;
  stuckAfterMs?: number;
  parkAfterMs?: number;
  onSettled?: WorkerOptions["onSettled"] & {};
}

/** Reads the worker's options as they stand on a command line. */
export function workOptions({ concurrency, types, once, patience }: WorkerArguments): WorkOptions {
  const count = wholeNumber(concurrency, 1, 10_000);
  if (count === undefined) {
    throw wrong(`--concurrency is ${JSON.stringify(concurrency)}`, "It is a whole number from 1 to 10000.");
  }
  const named = types?.split(",").flatMap((type) => type.trim() || []);
  // Of none it would wait for ever: `--types "$TYPES"`.
  if (named?.length === 0) throw wrong("--types names none", "Name some, or leave it out for all there are.");
  const given = patience === undefined ? undefined : parseDuration(patience);
  const { milliseconds, reason } = patienceFor(given);
  const warning = patienceWarning(given);
  if (warning !== undefined) logWarn(warning);
  const keepMs = settings().queueKeepDays * 86_400_000;
  return {
    concurrency: count,
    types: named,
    once,
    patienceMs: milliseconds,
    patienceReason: reason,
    keepMs,
  };
}

function wrong(message: string, hint: string): LajuError {
  return new LajuError(message, { code: "E_USAGE", exitStatus: 2, hint });
}
