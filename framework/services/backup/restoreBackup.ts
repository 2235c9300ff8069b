import { createWriteStream, existsSync } from "node:fs";
import { dirname } from "node:path";
import { LajuError } from "../../config/errors";
import { stampOf } from "./backupName";
import { type BackupTarget, backupTarget } from "./backupTarget";
import { checkName, checkTarget } from "./checkOrigin";
import { createBackup } from "./createBackup";
import { backupSecret } from "./encryptionKey";
import { restorePostgres } from "./postgresTools";
import { checkSqlite } from "./sqliteCopy";
import { replaceSqlite } from "./sqliteReplace";
import { withTemporaryFile } from "./temporaryFiles";
import { openSealed, type SealedFile, unseal } from "./unseal";

export interface RestoreOptions {
  now?: Date;
  signal?: AbortSignal;
  /** The database that the backup is from, if it is not the app's own. */
  from?: string | undefined;
}

/** The restored database, and the path of the one it replaced (undefined if there was none). */
export interface Restored {
  database: string;
  replaced: string | undefined;
}

/** Replaces the app's database with a backup, after verifying every byte of the backup. */
export async function restoreBackup(file: string, options: RestoreOptions = {}): Promise<Restored> {
  const target = backupTarget();
  const sealed = await openSealed(file, backupSecret(), options.signal);
  checkName(sealed);
  if (sealed.content !== target.content) throw otherEngine(sealed, target);
  checkTarget(sealed, target.name, options.from);
  return target.content === "sqlite"
    ? restoreSqlite(sealed, target.file, options)
    : restorePostgresDatabase(sealed, target, options);
}

/** Verifies a backup as a restore would, without changing anything. For a PostgreSQL archive, only the seal is checked. */
export async function checkBackup(file: string, { signal }: RestoreOptions = {}): Promise<void> {
  const sealed = await openSealed(file, backupSecret(), signal);
  checkName(sealed);
  if (sealed.content === "sqlite") await withUnsealed(sealed, dirname(file), async () => {}, signal);
}

function restoreSqlite(sealed: SealedFile, database: string, options: RestoreOptions): Promise<Restored> {
  const aside = `${database}.replaced-${stampOf(options.now ?? new Date())}`;
  // Use the database's folder, because a rename is atomic only within one file system.
  const work = async (restored: string) => {
    const replaced = existsSync(database) ? aside : undefined;
    replaceSqlite(database, restored, aside);
    return { database, replaced };
  };
  return withUnsealed(sealed, dirname(database), work, options.signal);
}

function withUnsealed<T>(
  sealed: SealedFile,
  folder: string,
  work: (file: string) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return withTemporaryFile(folder, async (file) => {
    await unseal(sealed, createWriteStream(file, { flags: "wx", mode: 0o600, flush: true }), signal);
    checkSqlite(file, "full", `the database in ${sealed.file}`);
    return work(file);
  });
}

async function restorePostgresDatabase(
  sealed: SealedFile,
  target: Extract<BackupTarget, { content: "postgres" }>,
  options: RestoreOptions,
): Promise<Restored> {
  const { file: replaced } = await createBackup(options);
  const restore = await restorePostgres(target.url, options.signal);
  try {
    await unseal(sealed, restore.stream, options.signal);
  } catch (error) {
    // pg_restore stopped reading. Its own error gives the reason.
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_PREMATURE_CLOSE") await restore.ended;
    throw error;
  }
  await restore.ended;
  return { database: target.name, replaced };
}

function otherEngine(sealed: SealedFile, target: BackupTarget): LajuError {
  return new LajuError(
    `${sealed.file} contains a ${sealed.content} database, but DATABASE_URL points to a ${target.content} database`,
    {
      code: "E_BACKUP_ENGINE",
      hint: "Nothing was changed. Set DATABASE_URL to the same kind of database as the backup.",
    },
  );
}
