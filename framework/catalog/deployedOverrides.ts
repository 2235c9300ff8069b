import { existsSync, realpathSync } from "node:fs";
import { relative } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { readText } from "../config/readText";
import { writeAtomically } from "../files/writeAtomically";
import { withEnabled } from "../metadata/overrideEdit";
import { type Overrides, parseOverrides } from "../metadata/overrides";
import { withLock } from "../runs/lock/lock";

/** The overrides in schedule.json; empty if there is no such file. `names` are the names of the existing commands. */
export function readOverrides(names: readonly string[]): Overrides {
  const text = presentText();
  return text === undefined ? {} : parseOverrides(text, overridesFile(), names);
}

/** Sets `enabled` for a command in schedule.json. The caller must have checked that the file is valid. */
export function writeEnabled(name: string, isEnabled: boolean): void {
  // Take a lock, because two concurrent calls could otherwise lose one of the changes.
  withLock(".schedule", () => {
    const before = presentText() ?? "";
    const after = withEnabled(before, name, isEnabled);
    if (after !== before) replaceFile(after);
  });
}

/** The path of schedule.json, for messages: relative to the root if the file is in it. */
export function overridesFile(): string {
  const fromRoot = relative(paths.root, paths.schedule);
  return fromRoot.startsWith("..") ? paths.schedule : fromRoot;
}

function presentText(): string | undefined {
  if (!existsSync(paths.schedule)) return undefined;
  try {
    return readText(paths.schedule);
  } catch (error) {
    throw new LajuError(`${overridesFile()} cannot be read: ${error.message}`, {
      code: "E_OVERRIDES",
      cause: error,
    });
  }
}

/**
 * Replaces the file atomically. If it is a symlink, for example to a file that releases share, replaces the file that
 * the symlink points to.
 */
function replaceFile(text: string): void {
  const file = existsSync(paths.schedule) ? realpathSync(paths.schedule) : paths.schedule;
  try {
    writeAtomically(file, text, { keepsMode: true, isDurable: true });
  } catch (error) {
    throw new LajuError(`${overridesFile()} cannot be written: ${error.message}`, {
      code: "E_OVERRIDES",
      hint: "Nothing was changed.",
      cause: error,
    });
  }
}
