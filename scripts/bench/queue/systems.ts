import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mysqlNeed, startMysql } from "../../../test/support/servers/mysql";
import { postgresNeed, startPostgres } from "../../../test/support/servers/postgres";
import { redisNeed, startRedis } from "../../../test/support/servers/redis";

/** A queue to measure, and its database. laju is the first one listed for each database. */
export interface System {
  label: string;
  adapter: string;
  on: "SQLite" | "PostgreSQL" | "MariaDB" | "Redis";
}

export const systems: System[] = [
  { label: "laju", adapter: "laju.ts", on: "SQLite" },
  { label: "plainjob", adapter: "plainjob.mjs", on: "SQLite" },
  { label: "laju", adapter: "laju.ts", on: "PostgreSQL" },
  { label: "graphile-worker", adapter: "graphile-worker.mjs", on: "PostgreSQL" },
  { label: "pg-boss", adapter: "pg-boss.mjs", on: "PostgreSQL" },
  { label: "laju", adapter: "laju.ts", on: "MariaDB" },
  { label: "laju", adapter: "laju.ts", on: "Redis" },
  { label: "bullmq", adapter: "bullmq.mjs", on: "Redis" },
];

export function installPeers(): void {
  if (existsSync(join(import.meta.dirname, "node_modules"))) return;
  console.error("Installing the other queues …");
  const words = [
    "install",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--ignore-scripts",
    "--loglevel=error",
  ];
  execFileSync("npm", words, { cwd: import.meta.dirname, stdio: "inherit" });
}

/**
 * Creates a database for one measurement; undefined if its server is not installed. With `mustKeep`, the server must
 * not lose data in a crash.
 */
export async function freshDatabase({ on }: System, mustKeep = false): Promise<Database | undefined> {
  if (on === "SQLite") {
    const folder = mkdtempSync(join(tmpdir(), "laju-bench-queue-"));
    const remove = async () => rmSync(folder, { recursive: true, force: true });
    return { url: `file:${join(folder, "queue.sqlite3")}`, stop: remove };
  }
  if (on === "PostgreSQL") return postgresNeed.path === undefined ? undefined : startPostgres();
  if (on === "MariaDB") return mysqlNeed.path === undefined ? undefined : startMysql();
  return redisNeed.path === undefined ? undefined : startRedis({ appendOnly: mustKeep });
}

export interface Database {
  url: string;
  stop(): Promise<void>;
  /** Kills the server, as in a crash. Undefined for SQLite. */
  crash?(): Promise<void>;
  /** Restarts the server. Undefined for SQLite. */
  again?(): Promise<void>;
}
