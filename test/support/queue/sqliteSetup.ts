import { rmSync } from "node:fs";
import { join } from "node:path";
import { knex } from "knex";
import { sqliteEngine } from "../../../framework/queue/engines/sqlite/sqlite";
import { sqliteDriver } from "../../../framework/services/database/sqliteDriver";
import type { WorkerSetup } from "../../framework/queue/engines/workerConformance";
import { lajuTables } from "../lajuTables";
import { temporaryFolder } from "../servers/server";

export interface SqliteSetup extends WorkerSetup {
  /** Called before the folder is removed. */
  stop(release?: () => void): Promise<void>;
}

/** The queue in an SQLite file of its own. */
export function sqliteSetup(folder = temporaryFolder("queue")): SqliteSetup {
  const file = join(folder, "queue.sqlite3");
  const database = knex({ client: "better-sqlite3", connection: { filename: file }, useNullAsDefault: true });
  Object.assign(database.client, { driver: sqliteDriver() });
  return {
    name: "SQLite",
    folder,
    database: () => database,
    environment: () => ({ DATABASE_URL: `file:${file}` }),
    start: async () => void (await database.migrate.latest(lajuTables)),
    open: async () => sqliteEngine(file, true),
    async clear() {
      for (const table of ["jobs", "queue_workers", "queue_pauses"]) await database(table).delete();
    },
    async stop(release = () => {}) {
      await database.destroy();
      release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
