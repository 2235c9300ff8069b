import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { paths, settings } from "../../config/config";
import { LajuError } from "../../config/errors";
import { listBackups } from "./backupFiles";
import { fileName } from "./backupName";
import { backupTarget } from "./backupTarget";

/** The chosen backup: a name in the backup folder, a path, or the newest backup of the app's own database. */
export function chooseBackup({ file, latest, from }: Choice): string {
  if (file !== undefined && latest) throw usageError("choose a file or --latest, not both", "");
  if (file !== undefined) return pathOf(file);
  if (latest) return newest(from);
  throw usageError("no backup chosen", "Add --file NAME or --latest. ");
}

export interface Choice {
  file: string | undefined;
  latest: boolean;
  /** With `latest`: the database whose newest backup to choose (default: the app's own). */
  from?: string | undefined;
}

/** Throws unless replacing the database was explicitly confirmed. */
export function requireConfirmation(yes: boolean, backup: string): void {
  if (yes) return;
  const { name } = backupTarget();
  throw usageError(`${basename(backup)} would replace the database "${name}"`, "Confirm with --yes. ");
}

function newest(from: string | undefined): string {
  const { name: own, content } = backupTarget();
  const name = from ?? own;
  const found = listBackups().find(
    (backup) => backup.database === fileName(name) && backup.content === content,
  );
  if (found !== undefined) return found.file;
  throw usageError(`there is no backup of the database "${name}" in ${settings().backup.folder}`, "");
}

function pathOf(file: string): string {
  const named = join(settings().backup.folder, basename(file));
  return basename(file) === file && existsSync(named) ? named : resolve(paths.root, file);
}

function usageError(message: string, advice: string): LajuError {
  const names = listBackups().map(({ file }) => basename(file));
  const list =
    names.length === 0 ? "There are no backups yet." : `The newest: ${names.slice(0, 3).join(", ")}.`;
  return new LajuError(message, { code: "E_USAGE", exitStatus: 2, hint: advice + list });
}
