import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mysqlNeed, startMysql } from "../../../test/support/servers/mysql";
import { postgresNeed, startPostgres } from "../../../test/support/servers/postgres";
import { redisNeed, startRedis } from "../../../test/support/servers/redis";

/** A queue on a database. The first one listed for a database is laju. */
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
 * A fresh database for one measurement. With `mustKeep`, a crash must not lose any data. Undefined if the server is not
 * installed.
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
  /** Kills the server, as in a crash. Only for servers. */
  crash?(): Promise<void>;
  /** Restarts the server. */
  again?(): Promise<void>;
}
