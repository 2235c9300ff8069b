import { join } from "node:path";
import { startMysql } from "../../../../test/support/servers/mysql";
import { startPostgres } from "../../../../test/support/servers/postgres";
import { startRedis } from "../../../../test/support/servers/redis";
import type { CrashingServer } from "../../../../test/support/servers/server";
import type { EngineName } from "../plan";
import { RedisRows } from "./redisRows";
import type { Rows } from "./rows";
import { ServerRows, SqliteRows } from "./sqlRows";

export interface Store {
  /** The settings with which a program uses the store at this URL, perhaps through a proxy. */
  environment(url: string): Record<string, string>;
  url: string;
  rows: Rows;
  server: CrashingServer | undefined;
  /** The path of the SQLite file; undefined for a server. */
  file: string | undefined;
  stop(): Promise<void>;
}

/** Starts a store whose files are in `folder`. */
export async function startStore(engine: EngineName, folder: string): Promise<Store> {
  if (engine === "sqlite") {
    const file = join(folder, "queue.sqlite3");
    const rows = await SqliteRows.open(file);
    return { ...asDatabase, url: `file:${file}`, rows, server: undefined, file, stop: () => rows.close() };
  }
  // Servers put their files in TMPDIR. On this disk, synchronous writes don't have to wait for the machine's busy disk.
  process.env.TMPDIR = folder;
  const server = await startServer(engine);
  const rows = engine === "redis" ? new RedisRows(server.url) : await ServerRows.open(server.url);
  const stop = async () => {
    await rows.close();
    await server.stop();
  };
  const place = engine === "redis" ? inRedis : asDatabase;
  return { ...place, url: server.url, rows, server, file: undefined, stop };
}

/** The largest packet that MariaDB accepts, in bytes. Some results in the test are larger on purpose. */
const maxInPacket = 2_500_000;

function startServer(engine: EngineName): Promise<CrashingServer> {
  if (engine === "postgresql") return startPostgres();
  if (engine === "mariadb") return startMysql([`--max-allowed-packet=${maxInPacket}`]);
  // With "everysec", a busy Redis can acknowledge a job before writing it, so kill -9 would lose acknowledged jobs.
  return startRedis({ appendOnly: true, settings: { appendfsync: "always" } });
}

const asDatabase = { environment: (url: string) => ({ DATABASE_URL: url }) };
const inRedis = { environment: (url: string) => ({ QUEUE_ENGINE: "bullmq", REDIS_URL: url }) };
