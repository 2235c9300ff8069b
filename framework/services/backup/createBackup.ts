import { createReadStream, renameSync } from "node:fs";
import { join } from "node:path";
import { settings } from "../../config/config";
import { syncFolder } from "../../files/syncFolder";
import { formatBackupName } from "./backupName";
import { type BackupTarget, backupTarget } from "./backupTarget";
import { type BackupSecret, backupSecret } from "./encryptionKey";
import type { BackupOrigin } from "./header";
import { dumpPostgres } from "./postgresTools";
import { seal } from "./seal";
import { checkSqlite, copySqlite } from "./sqliteCopy";
import { withTemporaryFile } from "./temporaryFiles";
import { openSealed } from "./unseal";

/** A finished backup. */
export interface Backup {
  file: string;
  bytes: number;
}

/** Backs up the app's database to BACKUP_DIR. The file gets its final name only once it is complete. */
export async function createBackup({ now = new Date(), signal }: CreateOptions = {}): Promise<Backup> {
  const { folder } = settings().backup;
  const secret = backupSecret();
  const target = backupTarget();
  const name = formatBackupName({ database: target.name, takenAt: now, content: target.content });
  const file = join(folder, name);

  return withTemporaryFile(folder, async (sealed) => {
    const origin = { database: target.name, takenAt: now };
    const bytes = await sealTarget(target, sealed, { origin, secret, signal });
    // Read the backup back, to detect a faulty disk now instead of when the backup is needed.
    await openSealed(sealed, secret, signal);
    renameSync(sealed, file);
    syncFolder(folder);
    return { file, bytes };
  });
}

export interface CreateOptions {
  now?: Date;
  signal?: AbortSignal;
}

interface SealOptions {
  origin: BackupOrigin;
  secret: BackupSecret;
  signal?: AbortSignal;
}

function sealTarget(target: BackupTarget, sealed: string, options: SealOptions): Promise<number> {
  return target.content === "sqlite"
    ? sealSqlite(target.file, sealed, options)
    : sealPostgres(target.url, sealed, options);
}

function sealSqlite(database: string, sealed: string, options: SealOptions): Promise<number> {
  return withTemporaryFile(settings().backup.folder, async (copy) => {
    await copySqlite(database, copy, options.signal);
    checkSqlite(copy, "quick", `the database ${database}`);
    return seal(createReadStream(copy), sealed, { content: "sqlite", ...options });
  });
}

async function sealPostgres(url: string, sealed: string, options: SealOptions): Promise<number> {
  const dump = await dumpPostgres(url, options.signal);
  try {
    const bytes = await seal(dump.stream, sealed, { content: "postgres", ...options });
    // Check pg_dump's exit status, because a truncated dump also looks like a complete stream.
    await dump.ended;
    return bytes;
  } catch (error) {
    dump.stream.destroy();
    await dump.ended.catch(() => {
      // Ignore this error: it is either the error being thrown or a consequence of it.
    });
    throw error;
  }
}
