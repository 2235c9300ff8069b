import { spawnSync } from "node:child_process";
import { chmodSync, lchownSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Users that every Debian has, and whether this process may become them. */
export const isRoot = process.getuid?.() === 0;
export const users = { nobody: 65534, "www-data": 33 } as const;
export type User = keyof typeof users;

/** Runs a program as another user, with that user's groups and a bare environment; blocks until its end. */
export function runAs(
  user: User,
  args: string[],
  { cwd = "/", env = {} }: { cwd?: string; env?: object } = {},
) {
  const ids = [`--reuid=${user}`, `--regid=${groupOf(user)}`, "--init-groups"];
  const { status, stdout, stderr } = spawnSync("setpriv", [...ids, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: "/tmp", LANG: "C.UTF-8", TZ: "UTC", ...env },
    encoding: "utf8",
    timeout: 50_000,
  });
  return { status, stdout, stderr };
}

/** Gives a folder and all in it to a user. Links are given, not what they lead to. */
export function giveTo(user: User | "root", path: string): void {
  const [uid, gid] = user === "root" ? [0, 0] : [users[user], Number(groupOf(user))];
  lchownSync(path, uid, gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveTo(user, join(path, name));
}

/** Lets everybody through the folders that hold a test's app, which are their maker's alone. */
export function openTo(...folders: string[]): void {
  for (const folder of folders) chmodSync(folder, 0o755);
}

function groupOf(user: User): string {
  return user === "nobody" ? "65534" : "33";
}
