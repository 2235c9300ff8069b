import { pm2KillTimeout } from "../../config/launch";

/** How long running jobs may take to finish when a worker is stopped, and the reason for that limit. */
export interface Patience {
  milliseconds: number;
  reason: string;
}

const usual = 25_000;

/** The time that the worker needs to return jobs and exit before pm2 kills it, in milliseconds. */
const margin = 400;

/**
 * How long running jobs may take. `given` is from the command line, in milliseconds. `killTimeout` is pm2's, if pm2
 * started this process.
 */
export function patienceFor(given: number | undefined, killTimeout = pm2KillTimeout()): Patience {
  if (given !== undefined) return { milliseconds: given, reason: "--patience" };
  if (killTimeout === undefined) return { milliseconds: usual, reason: "default" };
  return { milliseconds: Math.max(0, killTimeout - margin), reason: `pm2 kills after ${killTimeout} ms` };
}

/** A warning, with a remedy, if pm2 would kill the worker before the given patience is over. */
export function patienceWarning(
  given: number | undefined,
  killTimeout = pm2KillTimeout(),
): string | undefined {
  if (given === undefined || killTimeout === undefined || given + margin <= killTimeout) return undefined;
  return `pm2 kills this worker ${killTimeout} ms after telling it to stop: start it with --kill-timeout ${given + margin}, or leave --patience out`;
}
