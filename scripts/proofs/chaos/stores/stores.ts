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
  /** The settings of a program that uses the store at this URL. */
  environment(url: string): Record<string, string>;
  url: string;
  rows: Rows;
  server: CrashingServer | undefined;
  /** The SQLite file. */
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
  // On that disk, synchronous writes don't have to wait for a busy machine's disk.
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

/** In bytes. Some results are larger. */
const maxInPacket = 2_500_000;

function startServer(engine: EngineName): Promise<CrashingServer> {
  if (engine === "postgresql") return startPostgres();
  if (engine === "mariadb") return startMysql([`--max-allowed-packet=${maxInPacket}`]);
  // With "everysec", a busy Redis answers before it writes, so kill -9 would lose acknowledged jobs.
  return startRedis({ appendOnly: true, settings: { appendfsync: "always" } });
}

const asDatabase = { environment: (url: string) => ({ DATABASE_URL: url }) };
const inRedis = { environment: (url: string) => ({ QUEUE_ENGINE: "bullmq", REDIS_URL: url }) };
