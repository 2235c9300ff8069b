import { settings } from "../../config/config";
import { parseDuration } from "../../config/duration";
import { LajuError } from "../../config/errors";
import { wholeNumber } from "../../config/wholeNumber";
import { logWarn } from "../../services/Logger";
import type { QueueEngine, Settlement } from "../engine";
import type { Handlers } from "../handlers";
import { patienceFor, patienceWarning } from "./patience";

/** The command-line options of commands/Worker.ts. */
export interface WorkerArguments {
  concurrency: string;
  types?: string | undefined;
  once: boolean;
  patience?: string | undefined;
}

/** How a worker runs. */
export interface WorkOptions {
  concurrency: number;
  types: readonly string[] | undefined;
  once: boolean;
  /**
   * How long running jobs may take to finish after SIGTERM or SIGINT, in milliseconds, and the reason for
   * that limit.
   */
  patienceMs: number;
  patienceReason?: string;
  /** See WorkerOptions. */
  leaseMs?: number;
  keepMs?: number;
  stuckAfterMs?: number;
  parkAfterMs?: number;
  onSettled?: WorkerOptions["onSettled"] & {};
}

export interface WorkerOptions {
  engine: QueueEngine;
  handlers: Handlers;
  /** How many jobs run at a time. */
  concurrency: number;
  /** The types of jobs to run (default: every type). */
  types?: readonly string[] | undefined;
  /** Exit when no more jobs are due. */
  once?: boolean;
  /** How long a worker on another host may be silent before its jobs are taken over, in milliseconds. */
  leaseMs?: number;
  /** How long finished jobs without a removal time are kept, in milliseconds. */
  keepMs?: number;
  /** How long a handler may ignore its signal after its timeout before the worker exits, in milliseconds. */
  stuckAfterMs?: number;
  /** How long jobs that no worker handles stay ready before they are parked, in milliseconds. */
  parkAfterMs?: number | undefined;
  /** Called with the outcome of each job before it is stored, and with jobs that no worker handles. */
  onSettled?: (job: { id: number; type: string }, settlement: Settlement | Parked) => void;
}

/** Reports that jobs of a type are waiting, and no worker handles them. */
export interface Parked {
  state: "parked";
  error: string;
}

/** Parses the worker's command-line options. */
export function workOptions({ concurrency, types, once, patience }: WorkerArguments): WorkOptions {
  const count = wholeNumber(concurrency, 1, 10_000);
  if (count === undefined) {
    throw wrong(
      `--concurrency is ${JSON.stringify(concurrency)}, which is not valid`,
      "It must be a whole number from 1 to 10000.",
    );
  }
  const named = types?.split(",").flatMap((type) => type.trim() || []);
  // With an empty list of types, as from `--types "$TYPES"`, the worker would wait forever.
  if (named?.length === 0)
    throw wrong("--types names no types", "Name some types, or leave the option out to handle all of them.");
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
