import { accessSync, constants } from "node:fs";
import { mayUserUse, type Permission } from "../../crontab/install/userAccess";
import { readInstallation } from "../../host/installation";

const rights = { read: constants.R_OK, write: constants.W_OK };

/** Whether the crontab's user can access a file or folder in a given way. */
export function mayUse(
  path: string,
  right: Permission,
  user = readInstallation()?.options.user ?? "",
): boolean {
  if (user !== "" && process.geteuid?.() === 0) return mayUserUse(path, right, user);
  try {
    accessSync(path, rights[right]);
    return true;
  } catch {
    return false;
  }
}
