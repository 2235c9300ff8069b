import { settings } from "../../config/config";
import { parseDuration } from "../../config/duration";
import { LajuError } from "../../config/errors";
import { wholeNumber } from "../../config/wholeNumber";
import { logWarn } from "../../services/Logger";
import type { QueueEngine, Settlement } from "../engine";
import type { Handlers } from "../handlers";
import { patienceFor, patienceWarning } from "./patience";

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
  /** See WorkerOptions. */
  leaseMs?: number;
  keepMs?: number;
  stuckAfterMs?: number;
  parkAfterMs?: number;
  onSettled?: WorkerOptions["onSettled"] & {};
}

/** What a Worker takes. */
export interface WorkerOptions {
  engine: QueueEngine;
  handlers: Handlers;
  /** How many jobs run at a time. */
  concurrency: number;
  /** Undefined: every type. */
  types?: readonly string[] | undefined;
  /** End when nothing is due any more. */
  once?: boolean;
  /** How long a worker of another host may be unheard before its jobs are taken over, in milliseconds. */
  leaseMs?: number;
  /** How long finished jobs are kept that have no time of removal of their own, in milliseconds. */
  keepMs?: number;
  /** How long a handler whose time is up may ignore its signal before the worker ends, in milliseconds. */
  stuckAfterMs?: number;
  /** How long jobs that no worker takes are left among those that are ready, in milliseconds. */
  parkAfterMs?: number | undefined;
  /** Told what is to become of each job, before it is written, and of jobs that nobody takes. */
  onSettled?: (job: { id: number; type: string }, settlement: Settlement | Parked) => void;
}

/** Jobs of a type wait, and no worker takes them. */
export interface Parked {
  state: "parked";
  error: string;
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
