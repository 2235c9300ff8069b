import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { LajuError } from "../errors";
import { sqliteDriver } from "../services/sqliteDriver";

/** How long a verb waits for others, in milliseconds. */
const patience = 30_000;

/**
 * Reading a crontab, changing it and writing it back is one step for all of this user's apps: crontab(1) locks
 * nothing. The lock is the kernel's and ends with the process; /tmp, since it has to be one for all apps.
 */
export function withCrontabLock<T>(user: string, action: () => T): T {
  const file = join(lockFolder(), `${encodeURIComponent(user)}.sqlite3`);
  const database = new (sqliteDriver())(file, { timeout: patience });
  try {
    database.exec("BEGIN EXCLUSIVE");
    return action();
  } catch (error) {
    if (error.code === "SQLITE_BUSY") throw isBusy(user, error);
    throw error;
  } finally {
    database.close();
  }
}

function lockFolder(): string {
  const uid = process.geteuid?.() ?? 0;
  const folder = `/tmp/laju-crontab-${uid}`;
  // Anyone may make files in /tmp: somebody else's folder or link there is not to be trusted.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0) return folder;
  throw new LajuError(`${folder} is not a private folder of this user`, {
    code: "E_CRONTAB_LOCK",
    hint: "Remove it: laju keeps the lock for changing the crontab there.",
  });
}

function isBusy(user: string, cause: unknown): LajuError {
  return new LajuError(
    `another installation has been changing the crontab of ${user} for ${patience / 1000}s`,
    {
      code: "E_CRONTAB_LOCK",
      hint: "Nothing was changed. Look for a laju process that hangs, then try again.",
      cause,
    },
  );
}
