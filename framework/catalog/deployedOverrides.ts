import { existsSync, realpathSync } from "node:fs";
import { relative } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { readText } from "../config/readText";
import { writeWhole } from "../files/writeWhole";
import { withEnabled } from "../metadata/overrideEdit";
import { type Overrides, parseOverrides } from "../metadata/overrides";
import { withLock } from "../runs/lock/lock";

/** What schedule.json says; nothing when it is not there. `names` are the commands there are. */
export function readOverrides(names: readonly string[]): Overrides {
  const text = presentText();
  return text === undefined ? {} : parseOverrides(text, overridesFile(), names);
}

/** Sets `enabled` of a command in schedule.json. The file has been read before, so it is in order. */
export function writeEnabled(name: string, isEnabled: boolean): void {
  // Two at once would each write the file without the other's change.
  withLock(".schedule", () => {
    const before = presentText() ?? "";
    const after = withEnabled(before, name, isEnabled);
    if (after !== before) replaceFile(after);
  });
}

/** schedule.json as messages name it: from the root where it lies in it. */
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

/** Whole or as before, whoever reads meanwhile; a link (to what releases share) stays one. */
function replaceFile(text: string): void {
  const file = existsSync(paths.schedule) ? realpathSync(paths.schedule) : paths.schedule;
  try {
    writeWhole(file, text, { keepsMode: true, isDurable: true });
  } catch (error) {
    throw new LajuError(`${overridesFile()} cannot be written: ${error.message}`, {
      code: "E_OVERRIDES",
      hint: "Nothing was changed.",
      cause: error,
    });
  }
}
