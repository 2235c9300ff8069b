import { existsSync, realpathSync } from "node:fs";
import { relative } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { readText } from "../config/readText";
import { writeAtomically } from "../files/writeAtomically";
import { withEnabled } from "../metadata/overrideEdit";
import { type Overrides, parseOverrides } from "../metadata/overrides";
import { withLock } from "../runs/lock/lock";

/** Reads schedule.json; empty if it doesn't exist. `names` are the existing commands. */
export function readOverrides(names: readonly string[]): Overrides {
  const text = presentText();
  return text === undefined ? {} : parseOverrides(text, overridesFile(), names);
}

/** Sets `enabled` of a command in schedule.json, which the caller has already validated. */
export function writeEnabled(name: string, isEnabled: boolean): void {
  // Without the lock, two concurrent calls could lose one of the changes.
  withLock(".schedule", () => {
    const before = presentText() ?? "";
    const after = withEnabled(before, name, isEnabled);
    if (after !== before) replaceFile(after);
  });
}

/** The name of schedule.json in messages: relative to the root if it is inside. */
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
