import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { paths } from "../../config/config";
import { shellQuote } from "../../text/shellQuote";
import type { CrontabTarget } from "./installer";
import { idsOf } from "./ownedFiles";

export type Permission = "read" | "write";
const bits = { read: 0o4, write: 0o2 };

/**
 * Whether another user can read or write a file or folder, judging by its owner, group and mode, because root cannot
 * find out by trying. Ignores access control lists.
 */
export function mayUserUse(path: string, right: Permission, user: string): boolean {
  const [uid, groups] = [idsOf("-u", user)?.[0], idsOf("-G", user)];
  if (uid === undefined || groups === undefined || uid === 0) return true;
  const { mode, uid: owner, gid } = statSync(path);
  const shift = owner === uid ? 6 : groups.includes(gid) ? 3 : 0;
  return ((mode >> shift) & bits[right]) !== 0;
}

/** Warnings about logs and folders that the crontab's user cannot write to, one sentence each. */
export function unwritableWarnings({ rows, user }: CrontabTarget): string[] {
  if (user === undefined) return [];
  const places = [...rows.map(({ log }) => nearest(log)), nearest(paths.data)];
  const locked = [...new Set(places)].filter((path) => !mayUserUse(path, "write", user));
  return locked.map(
    (path) =>
      `${user} cannot write to ${path}, so cron cannot start commands that need it: chown ${user} ${shellQuote(path)}`,
  );
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}
