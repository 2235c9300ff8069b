import { spawnSync } from "node:child_process";
import { lchownSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Ids of users that exist on every Debian. */
export const users = { nobody: 65534, "www-data": 33 } as const;
export type User = keyof typeof users;

/**
 * What `describe.skipIf(canBecomeOthers.skip)` needs: only root can switch users, and those users must be able to start
 * this node.
 */
export const canBecomeOthers = {
  skip: process.getuid?.() !== 0 || runAs("nobody", [process.execPath, "--version"]).status !== 0,
  label: " (needs root, and a node that nobody may start)",
};

/**
 * Runs a program as another user, with that user's groups and a minimal environment. Blocks until the program exits.
 */
export function runAs(user: User, args: string[], { cwd = "/" }: { cwd?: string } = {}) {
  const ids = [`--reuid=${users[user]}`, `--regid=${users[user]}`, "--init-groups"];
  const { status, stdout, stderr } = spawnSync("setpriv", [...ids, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: "/tmp", LANG: "C.UTF-8", TZ: "UTC" },
    encoding: "utf8",
    timeout: 50_000,
  });
  return { status, stdout, stderr };
}

/** Makes a user the owner of a folder and everything in it. Of a symbolic link, the link itself is changed. */
export function giveTo(user: User | "root" | number, path: string): void {
  const id = typeof user === "number" ? user : user === "root" ? 0 : users[user];
  lchownSync(path, id, id);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveTo(user, join(path, name));
}
