import { basename } from "node:path";
import { LajuError } from "../../config/errors";
import { logWarn } from "../Logger";
import { formatBackupName, parseBackupName } from "./backupName";
import type { SealedFile } from "./unseal";

/**
 * A file's name is anybody's who can write to the folder: a development backup called production's would be restored
 * there. So what the sealed header says has to fit the name.
 */
export function checkName({ file, content, origin }: SealedFile): void {
  const name = basename(file);
  if (origin === undefined) {
    logWarn("This backup was made by an older release: nothing but its name says whose it is", { file });
    return;
  }
  const named = parseBackupName(name);
  const right = formatBackupName({ ...origin, content });
  // A file under a name of its own claims nothing.
  if (named === undefined || name === right) return;
  throw refused(
    `${file} was renamed: it is the backup ${right}`,
    "Nothing was changed. Give it back its own name if you trust it.",
  );
}

/** Restoring another database's backup is asked for by that database's name. */
export function checkTarget({ file, origin }: SealedFile, target: string, from: string | undefined): void {
  const expected = from ?? target;
  if (origin === undefined || origin.database === expected) return;
  throw refused(
    `${file} is a backup of the database "${origin.database}", not of "${expected}"`,
    `Nothing was changed. To put it there all the same, say so with --from ${origin.database}.`,
  );
}

function refused(message: string, hint: string): LajuError {
  return new LajuError(message, { code: "E_BACKUP_ORIGIN", hint });
}
