import { closeSync, openSync, readdirSync, readSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { settings } from "../../config/config";
import { type BackupName, parseBackupName } from "./backupName";
import { hasMagic } from "./header";

/** A file in the backup folder. */
export interface BackupFile extends BackupName {
  file: string;
  bytes: number;
}

/** The backups in the folder, newest first. Other files are ignored. */
export function listBackups(folder = settings().backup.folder): BackupFile[] {
  const found = namesIn(folder).flatMap((name) => {
    const parsed = parseBackupName(name);
    const file = join(folder, name);
    return parsed !== undefined && isBackup(file) ? [{ ...parsed, file, bytes: statSync(file).size }] : [];
  });
  return found.sort((a, b) => b.takenAt.getTime() - a.takenAt.getTime());
}

/** BACKUP_RETENTION_DAYS as a string, for the default of an option. */
export function retentionDays(): string {
  return String(settings().backup.retentionDays);
}

/** Deletes backups taken before `olderThan`, except the newest of each database: an old backup is better than none. */
export function cleanBackups({ olderThan, dryRun = false }: { olderThan: number; dryRun?: boolean }) {
  const backups = listBackups();
  const newest = new Map(
    backups.toReversed().map((backup) => [`${backup.database} ${backup.content}`, backup]),
  );
  const protectedBackups = new Set(newest.values());
  const deleted = backups.filter(
    (backup) => backup.takenAt.getTime() < olderThan && !protectedBackups.has(backup),
  );
  if (!dryRun) for (const { file } of deleted) rmSync(file);
  return { deleted, kept: backups.length - deleted.length };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/** Whether the file's content is that of a backup. A matching name alone doesn't justify deleting a file. */
function isBackup(file: string): boolean {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
  const descriptor = openSync(file, "r");
  try {
    const start = Buffer.alloc(8);
    readSync(descriptor, start, 0, start.length, 0);
    return hasMagic(start);
  } finally {
    closeSync(descriptor);
  }
}
