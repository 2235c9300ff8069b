import { basename } from "node:path";
import { LajuError } from "../../config/errors";
import { logWarn } from "../Logger";
import { formatBackupName, parseBackupName } from "./backupName";
import type { SealedFile } from "./unseal";

/**
 * Checks that a backup's name matches its sealed header. Anyone who can write to the folder can rename files,
 * so a development backup could be passed off as a production backup.
 */
export function checkName({ file, content, origin }: SealedFile): void {
  const name = basename(file);
  if (origin === undefined) {
    logWarn("This backup was made by an older release: only its name says which database it is from", {
      file,
    });
    return;
  }
  const named = parseBackupName(name);
  const expected = formatBackupName({ ...origin, content });
  // A name that isn't in the form of a backup's name says nothing about where the backup comes from.
  if (named === undefined || name === expected) return;
  throw refused(
    `${file} was renamed: it is the backup ${expected}`,
    "Nothing was changed. If you trust the file, give it back its original name.",
  );
}

/** Throws if the backup is of another database, unless that database was named with --from. */
export function checkTarget({ file, origin }: SealedFile, target: string, from: string | undefined): void {
  const expected = from ?? target;
  if (origin === undefined || origin.database === expected) return;
  throw refused(
    `${file} is a backup of the database "${origin.database}", not of "${expected}"`,
    `Nothing was changed. To restore this backup anyway, add --from ${origin.database}.`,
  );
}

function refused(message: string, hint: string): LajuError {
  return new LajuError(message, { code: "E_BACKUP_ORIGIN", hint });
}
