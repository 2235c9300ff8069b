import { existsSync } from "node:fs";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import { readOwn } from "../../files/openFile";

/** Pauses one command or all commands: their scheduled starts are skipped. Times are milliseconds since the epoch. */
export interface Pause {
  reason: string | null;
  since: number;
  /** When the pause ends by itself; null if it lasts until someone resumes the command. */
  until: number | null;
}

export interface Pauses {
  all: Pause | null;
  commands: Record<string, Pause>;
}

/**
 * The pause that keeps a command from starting now, if any. If nothing is paused, this only checks that there is no
 * pause file.
 */
export function pauseOf(name: string, now: number): Pause | undefined {
  if (!existsSync(paths.pauses)) return undefined;
  const { all, commands } = readPauses();
  const own = Object.hasOwn(commands, name) ? commands[name] : undefined;
  return [own, all].find((pause): pause is Pause => pause != null && isOn(pause, now));
}

/** "paused: moving to the new host (until 2026-11-24T08:00:00.000Z)" */
export function pauseText({ reason, until }: Pause): string {
  const why = reason === null ? "paused" : `paused: ${reason}`;
  return until === null ? why : `${why} (until ${new Date(until).toISOString()})`;
}

export function isOn({ until }: Pause, now: number): boolean {
  return until === null || now < until;
}

export function readPauses(): Pauses {
  if (!existsSync(paths.pauses)) return { all: null, commands: {} };
  try {
    const { all = null, commands = {} } = JSON.parse(readOwn(paths.pauses).toString()) as Partial<Pauses>;
    return { all, commands };
  } catch (error) {
    const hint = "Delete the file, then repeat the pauses that are still needed.";
    // A syntax error's message quotes the file, which must not end up in logs.
    const why = error instanceof SyntaxError ? "it is not JSON" : error.message;
    throw new LajuError(`${paths.pauses} cannot be read: ${why}`, { code: "E_PAUSE", hint, cause: error });
  }
}
