import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { paths } from "../config";
import { LajuError } from "../errors";
import { takeLock } from "../runs/lock";
import { withEnabled } from "../schedule/overrideEdit";
import { type Overrides, parseOverrides } from "../schedule/overrides";

/** What schedule.json says; nothing when it is not there. `names` are the commands there are. */
export function readOverrides(names: readonly string[]): Overrides {
  const text = readText();
  return text === undefined ? {} : parseOverrides(text, overridesFile(), names);
}

/** Sets `enabled` of a command in schedule.json. The file has been read before, so it is in order. */
export function writeEnabled(name: string, isEnabled: boolean): void {
  // Two at once would each write the file without the other's change.
  const release = takeLock(".schedule", { wait: true });
  try {
    const before = readText() ?? "";
    const after = withEnabled(before, name, isEnabled);
    if (after !== before) replaceFile(after);
  } finally {
    release?.();
  }
}

/** schedule.json as messages name it: from the root where it lies in it. */
export function overridesFile(): string {
  const fromRoot = relative(paths.root, paths.schedule);
  return fromRoot.startsWith("..") ? paths.schedule : fromRoot;
}

function readText(): string | undefined {
  if (!existsSync(paths.schedule)) return undefined;
  try {
    return readFileSync(paths.schedule, "utf8");
  } catch (error) {
    throw new LajuError(`${overridesFile()} cannot be read: ${error.message}`, {
      code: "E_OVERRIDES",
      cause: error,
    });
  }
}

/** Whole or as before, whoever reads meanwhile; a link (to what releases share) stays one. */
function replaceFile(text: string): void {
  const isThere = existsSync(paths.schedule);
  const file = isThere ? realpathSync(paths.schedule) : paths.schedule;
  const draft = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text, { flush: true, mode: isThere ? statSync(file).mode & 0o777 : 0o644 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new LajuError(`${overridesFile()} cannot be written: ${error.message}`, {
      code: "E_OVERRIDES",
      hint: "Nothing was changed.",
      cause: error,
    });
  }
}
