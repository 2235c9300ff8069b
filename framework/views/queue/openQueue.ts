import { existsSync } from "node:fs";
import { settings } from "../../config/config";
import { LajuError } from "../../config/errors";
import type { QueueEngine } from "../../queue/engine";
import { databaseLocation } from "../../services/database/databaseLocation";

/** Opens the app's queue for `work`, then closes it. Throws instead of creating a database that does not exist. */
export async function withQueue<T>(work: (engine: QueueEngine) => Promise<T>): Promise<T> {
  const missing = missingFile();
  if (missing !== undefined) {
    throw new LajuError(`the queue's tables do not exist (no file ${missing})`, {
      code: "E_QUEUE_TABLE",
      hint: "Run node laju migrate.",
    });
  }
  const { closeQueue, queueEngine } = await import("../../queue/engines/select");
  try {
    return await work(await queueEngine());
  } finally {
    await closeQueue();
  }
}

/** Whether the queue is on a server. Apps without handlers need not wait for that server. */
export function isOnServer(): boolean {
  return settings().queueEngine === "bullmq" || databaseLocation().engine !== "sqlite";
}

/**
 * Whether the queue exists. Always true for a queue on a server, because finding out would mean waiting for that
 * server.
 */
export function hasQueue(): boolean {
  return missingFile() === undefined;
}

function missingFile(): string | undefined {
  if (isOnServer()) return undefined;
  const place = databaseLocation();
  return place.engine === "sqlite" && !existsSync(place.file) ? place.file : undefined;
}
