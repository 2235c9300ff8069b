import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { paths } from "../../config/config";
import { makeFolder } from "../../files/makeFolder";
import { writeAtomically } from "../../files/writeAtomically";
import { withLock } from "../lock/lock";
import { isOn, type Pause, type Pauses, readPauses } from "./pause";

/** The pauses that are in effect now. */
export function currentPauses(now: number): Pauses {
  const { all, commands } = readPauses();
  const current = Object.entries(commands).filter(([, pause]) => isOn(pause, now));
  return { all: all !== null && isOn(all, now) ? all : null, commands: Object.fromEntries(current) };
}

/** Pauses these commands, or all commands if there are no names. */
export function pause(names: string[], one: Pause): void {
  change(one.since, ({ all, commands }) =>
    names.length === 0
      ? { all: one, commands }
      : { all, commands: { ...commands, ...Object.fromEntries(names.map((name) => [name, one])) } },
  );
}

/** Resumes these commands, or ends every pause. Returns the names that were paused; "" means all commands. */
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

/**
 * Replaces the file atomically, so that readers see either the old file or the new one. If there is no pause, there is
 * no file.
 */
function change(now: number, make: (pauses: Pauses) => Pauses): void {
  // Without the lock, two changes at once would overwrite each other.
  withLock(".pause", () => write(make(currentPauses(now))));
}

function write(pauses: Pauses): void {
  if (pauses.all === null && Object.keys(pauses.commands).length === 0) {
    rmSync(paths.pauses, { force: true });
    return;
  }
  makeFolder(dirname(paths.pauses));
  writeAtomically(paths.pauses, `${JSON.stringify(pauses, null, 2)}\n`, { isDurable: true });
}
