import { settings } from "../../config/config";
import { databaseLocation } from "../../services/database/databaseLocation";
import type { QueueEngine } from "../engine";

let open: Promise<QueueEngine> | undefined;

/** This app's queue, selected by QUEUE_ENGINE, DATABASE_URL and DB_CONNECTION. Opened on first use. */
export function queueEngine(): Promise<QueueEngine> {
  open ??= openEngine().catch((error) => {
    open = undefined;
    throw error;
  });
  return open;
}

/** Closes the queue's connections; the next use opens them again. */
export async function closeQueue(): Promise<void> {
  const engine = await open;
  open = undefined;
  await engine?.close();
}

async function openEngine(): Promise<QueueEngine> {
  const { queueEngine: chosen, queuePrefix: prefix } = settings();
  if (chosen === "bullmq") {
    const { bullEngine } = await import("./bullmq/bullmq");
    return bullEngine({ prefix });
  }
  const location = databaseLocation();
  if (location.engine === "sqlite") {
    const { sqliteEngine } = await import("./sqlite/sqlite");
    return sqliteEngine(location.file, location.mustExist);
  }
  if (location.engine === "pg") {
    const { postgresEngine } = await import("./postgres/postgres");
    return postgresEngine(location);
  }
  const { mysqlEngine } = await import("./mysql/mysql");
  return mysqlEngine(location);
}
