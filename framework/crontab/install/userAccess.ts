import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { paths } from "../../config/config";
import { shellQuote } from "../../text/shellQuote";
import type { CrontabTarget } from "./installer";
import { idsOf } from "./ownedFiles";

export type Right = "read" | "write";
const bits = { read: 0o4, write: 0o2 };

/**
 * Whether another user may use a file or folder, as its owner, group and mode say: root itself may do everything, and
 * so cannot try. Access control lists are not looked at.
 */
export function mayUserUse(path: string, right: Right, user: string): boolean {
  const [uid, groups] = [idsOf("-u", user)?.[0], idsOf("-G", user)];
  if (uid === undefined || groups === undefined || uid === 0) return true;
  const { mode, uid: owner, gid } = statSync(path);
  const shift = owner === uid ? 6 : groups.includes(gid) ? 3 : 0;
  return ((mode >> shift) & bits[right]) !== 0;
}

/** What the user whose crontab it is could not write when cron starts the commands: one sentence each. */
export function unwritableWarnings({ rows, user }: CrontabTarget): string[] {
  if (user === undefined) return [];
  const places = [...rows.map(({ log }) => nearest(log)), nearest(paths.data)];
  const locked = [...new Set(places)].filter((path) => !mayUserUse(path, "write", user));
  return locked.map(
    (path) =>
      `${user} cannot write ${path}, so cron could not start what needs it: chown ${user} ${shellQuote(path)}`,
  );
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}
