import { pm2KillTimeout } from "../../config/launch";

/** How long running jobs may take to end when a worker is stopped, and why, in words. */
export interface Patience {
  milliseconds: number;
  reason: string;
}

const usual = 25_000;

/** What giving jobs back and ending takes: it has to be over before pm2 kills. */
const margin = 400;

/** `given`: what the command line says, in milliseconds. `killTimeout`: pm2's, where pm2 started this process. */
export function patienceFor(given: number | undefined, killTimeout = pm2KillTimeout()): Patience {
  if (given !== undefined) return { milliseconds: given, reason: "--patience" };
  if (killTimeout === undefined) return { milliseconds: usual, reason: "default" };
  return { milliseconds: Math.max(0, killTimeout - margin), reason: `pm2 kills after ${killTimeout} ms` };
}

/** What to do if pm2 kills before a given patience has an end; undefined if it doesn't. */
export function patienceWarning(
  given: number | undefined,
  killTimeout = pm2KillTimeout(),
): string | undefined {
  if (given === undefined || killTimeout === undefined || given + margin <= killTimeout) return undefined;
  return `pm2 kills this worker ${killTimeout} ms after it is stopped: start it with --kill-timeout ${given + margin}, or leave --patience out`;
}
