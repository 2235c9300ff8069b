import { statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { paths } from "../../config/config";
import { withLockOn } from "../../runs/lock/lock";

/** Keeps two of a user's apps from changing the crontab at the same time: crontab(1) itself doesn't lock. */
export function withCrontabLock<T>(user: string, action: () => T): T {
  const file = join(lockFolder(), `crontab-${encodeURIComponent(user)}.lock`);
  return withLockOn(file, `has been changing the crontab of ${user}`, action);
}

/**
 * The home folder, because all of the user's apps share it and no other user can create files in it. A user without a
 * home folder, such as a service account, has one lock per app.
 */
function lockFolder(): string {
  const { homedir, uid } = userInfo();
  const home = statSync(homedir, { throwIfNoEntry: false });
  const isOwn = home?.isDirectory() === true && home.uid === uid;
  return isOwn ? join(homedir, ".local", "state", "laju") : join(paths.data, "locks");
}
