import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../config";
import { LajuError } from "../errors";
import { makeFolder } from "../files/makeFolder";
import { readOwn } from "../files/openFile";
import { writeWhole } from "../files/writeWhole";
import { withLock } from "./lock";

/** A pause of one command or of all: due starts are skipped. Times are milliseconds since the epoch. */
export interface Pause {
  reason: string | null;
  since: number;
  /** When it ends by itself; null when somebody has to resume. */
  until: number | null;
}

export interface Pauses {
  all: Pause | null;
  commands: Record<string, Pause>;
}

const file = join(paths.data, "paused.json");

/** Why a command that is due now is not to start; undefined when it is. Without any pause this is one look at the disk. */
export function pauseOf(name: string, now: number): Pause | undefined {
  if (!existsSync(file)) return undefined;
  const { all, commands } = readPauses();
  const own = Object.hasOwn(commands, name) ? commands[name] : undefined;
  return [own, all].find((pause): pause is Pause => pause != null && isOn(pause, now));
}

/** The pauses that hold now. */
export function currentPauses(now: number): Pauses {
  const { all, commands } = readPauses();
  const current = Object.entries(commands).filter(([, pause]) => isOn(pause, now));
  return { all: all !== null && isOn(all, now) ? all : null, commands: Object.fromEntries(current) };
}

/** Pauses these commands, or all. */
export function pause(names: string[], one: Pause): void {
  change(one.since, ({ all, commands }) =>
    names.length === 0
      ? { all: one, commands }
      : { all, commands: { ...commands, ...Object.fromEntries(names.map((name) => [name, one])) } },
  );
}

/** Ends the pause of these commands, or every pause. Returns what was paused among it: names, "" for all commands. */
export function resume(names: string[], now: number): string[] {
  const ended: string[] = [];
  change(now, ({ all, commands }) => {
    if (names.length === 0) {
      ended.push(...(all === null ? [] : [""]), ...Object.keys(commands));
      return { all: null, commands: {} };
    }
    ended.push(...names.filter((name) => Object.hasOwn(commands, name)));
    const left = Object.entries(commands).filter(([name]) => !names.includes(name));
    return { all, commands: Object.fromEntries(left) };
  });
  return ended;
}

/** "paused for the move to the new host, until 2026-11-24T08:00:00.000Z" */
export function pauseText({ reason, until }: Pause): string {
  const why = reason === null ? "paused" : `paused: ${reason}`;
  return until === null ? why : `${why} (until ${new Date(until).toISOString()})`;
}

function isOn({ until }: Pause, now: number): boolean {
  return until === null || now < until;
}

function readPauses(): Pauses {
  if (!existsSync(file)) return { all: null, commands: {} };
  try {
    const { all = null, commands = {} } = JSON.parse(readOwn(file).toString()) as Partial<Pauses>;
    return { all, commands };
  } catch (error) {
    const hint = "Delete it, and pause again what is to be paused.";
    // A syntax error quotes the text, and this goes to logs.
    const why = error instanceof SyntaxError ? "it is not JSON" : error.message;
    throw new LajuError(`${file} cannot be read: ${why}`, { code: "E_PAUSE", hint, cause: error });
  }
}

/** Whole or as before, whoever reads meanwhile; without a pause there is no file. */
function change(now: number, make: (pauses: Pauses) => Pauses): void {
  // Two at once would each write the file without the other's change.
  withLock(".pause", () => write(make(currentPauses(now))));
}

function write(pauses: Pauses): void {
  if (pauses.all === null && Object.keys(pauses.commands).length === 0) {
    rmSync(file, { force: true });
    return;
  }
  makeFolder(dirname(file));
  writeWhole(file, `${JSON.stringify(pauses, null, 2)}\n`, { isDurable: true });
}
