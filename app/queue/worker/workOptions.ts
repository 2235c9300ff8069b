import { settings } from "../../config";
import { LajuError } from "../../errors";
import { parseDuration } from "../../schedule/duration";
import type { WorkerArguments } from "../../services/QueueWorker";
import type { ClaimedJob, Settlement } from "../engine";

/** How a worker is to work. */
export interface WorkOptions {
  concurrency: number;
  types: readonly string[] | undefined;
  once: boolean;
  /** How long what runs may take to end after SIGTERM or SIGINT, in milliseconds. */
  patienceMs: number;
  /** See Worker. */
  leaseMs?: number;
  keepMs?: number;
  onSettled?: (job: ClaimedJob, settlement: Settlement) => void;
}

/** Reads the worker's options as they stand on a command line. */
export function workOptions({ concurrency, types, once, patience }: WorkerArguments): WorkOptions {
  const count = /^\d+$/.test(concurrency) ? Number(concurrency) : 0;
  if (count < 1 || count > 10_000) {
    throw new LajuError(`--concurrency is ${JSON.stringify(concurrency)}`, {
      code: "E_USAGE",
      exitStatus: 2,
      hint: "It is a whole number from 1 to 10000.",
    });
  }
  const named = types?.split(",").map((type) => type.trim());
  const keepMs = settings().queueKeepDays * 86_400_000;
  return {
    concurrency: count,
    types: named?.filter(Boolean),
    once,
    patienceMs: parseDuration(patience),
    keepMs,
  };
}
