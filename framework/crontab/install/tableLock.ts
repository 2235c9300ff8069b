import { statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { paths } from "../../config/config";
import { withLockOn } from "../../runs/lock/lock";

/**
 * Reading a crontab, changing it and writing it back is one step for all of this user's apps: crontab(1) locks nothing.
 * The lock is the kernel's and ends with the process.
 */
export function withCrontabLock<T>(user: string, action: () => T): T {
  const file = join(lockFolder(), `crontab-${encodeURIComponent(user)}.lock`);
  return withLockOn(file, `has been changing the crontab of ${user}`, action);
}

/**
 * One for all apps of the user: in the home folder, where nobody else can take the name. A user without one, as
 * services are, has a lock for each app.
 */
function lockFolder(): string {
  const { homedir, uid } = userInfo();
  const home = statSync(homedir, { throwIfNoEntry: false });
  const isOwn = home?.isDirectory() === true && home.uid === uid;
  return isOwn ? join(homedir, ".local", "state", "laju") : join(paths.data, "locks");
}
