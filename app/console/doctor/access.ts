import { accessSync, constants, statSync } from "node:fs";
import { ownerNamed } from "../crontabFiles";
import { readInstallation } from "../installation";

type Right = "read" | "write";
const rights = { read: { access: constants.R_OK, bit: 0o4 }, write: { access: constants.W_OK, bit: 0o2 } };

/** Whether the user whose crontab starts the commands may use a file or folder. */
export function mayUse(path: string, right: Right): boolean {
  const { user } = readInstallation()?.options ?? {};
  if (user !== undefined && process.geteuid?.() === 0) return mayUserUse(path, right, user);
  try {
    accessSync(path, rights[right].access);
    return true;
  } catch {
    return false;
  }
}

/** root may do everything, and so has to judge by the file's mode. Other groups of the user are not known here. */
function mayUserUse(path: string, right: Right, user: string): boolean {
  const owner = ownerNamed(user);
  if (owner === undefined || owner.uid === 0) return true;
  const { mode, uid, gid } = statSync(path);
  const shift = uid === owner.uid ? 6 : gid === owner.gid ? 3 : 0;
  return ((mode >> shift) & rights[right].bit) !== 0;
}
