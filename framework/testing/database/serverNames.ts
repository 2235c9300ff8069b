import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { threadId } from "node:worker_threads";
import { templateName } from "./templateName";

/** The longest name, in characters, to which the suffixes below can be added without exceeding the servers' limit. */
const longestBase = 63 - 40;

/** The name of the database in a URL. */
export function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(name)}`;
  return changed.href;
}

/** The first part of the names of the test databases that belong to a URL. */
export function baseOf(url: string): string {
  return databaseOf(url) || "app";
}

/** The name of this process's database or schema. */
export function ownName(base: string): string {
  return `${prefix(base)}${process.pid}_${threadId}`;
}

/** The name of the migrated database that all processes of a test run copy. */
export function sharedName(base: string): string {
  return prefix(base) + templateName().replace("-", "_t");
}

/** Those of these databases or schemas that killed test runs on this host left behind. */
export function leftovers(base: string, names: readonly string[]): string[] {
  const start = prefix(base);
  return names.filter((name) => {
    const pid = name.startsWith(start) && /^\d+/.exec(name.slice(start.length))?.[0];
    return pid && !isAlive(Number(pid));
  });
}

/** The first part of the names, with the host's name, because other hosts may use the same server for tests. */
function prefix(base: string): string {
  const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 4);
  return `${base.slice(0, longestBase)}_laju_${host}_`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
