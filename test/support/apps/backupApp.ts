import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openSqlite } from "../../../framework/services/database/sqliteDriver";
import { blogApp } from "./blogApp";

export const backupKey = "00112233445566778899aabbccddeeff".repeat(2);

/** An app with the three backup commands. No process keeps its database open. */
export async function backupApp(variables: Record<string, string> = {}) {
  const app = await blogApp({
    BACKUP_ENCRYPTION_KEY: backupKey,
    BACKUP_DIR: "backups",
    BACKUP_RETENTION_DAYS: "30",
    ...variables,
  });
  await app.DB.destroy();
  const database = join(app.root, "data", "dev.sqlite3");
  const folder = join(app.root, "backups");
  const { default: backup } = await import("../../../framework/programs/backup");
  const { default: restore } = await import("../../../framework/programs/restore");
  const { default: clean } = await import("../../../framework/programs/clean-backup");
  return {
    ...app,
    backup,
    restore,
    clean,
    database,
    folder,
    /** Takes a backup and returns its path. */
    async takeBackup(now?: Date): Promise<string> {
      const before = filesIn(folder);
      await app.run(backup, [], { now });
      const [name] = filesIn(folder).filter((file) => !before.includes(file));
      return join(folder, name ?? "no new backup");
    },
    /** Runs one statement on the database, over a connection of its own. */
    sql(statement: string, file = database): unknown[] {
      const open = openSqlite(file, { mustExist: true });
      try {
        const prepared = open.prepare(statement);
        return prepared.reader ? prepared.all() : [prepared.run()];
      } finally {
        open.close();
      }
    },
    files: () => ({ data: filesIn(join(app.root, "data")), backups: filesIn(folder) }),
    bytes: () => readFileSync(database),
  };
}

export type BackupApp = Awaited<ReturnType<typeof backupApp>>;

function filesIn(folder: string): string[] {
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  return files.filter((file) => !file.endsWith("-migrating")); // Don't delete the lock file of the migrations.
}
