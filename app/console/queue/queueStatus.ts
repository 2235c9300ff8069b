import type { Status } from "../statusRows";
import { handlerNames } from "./knownTypes";
import { isOnServer, withQueue } from "./openQueue";
import { type QueueState, queueTroubles, readQueueState } from "./queueState";

/** How long the database may take to answer, in milliseconds. */
const limitMs = 3000;

/** `status` with the queue, where there is one: null in apps without it, and where the database is silent. */
export async function withQueueStatus(status: Status): Promise<Status & { queue: QueueState | null }> {
  const queue = await queueState();
  if (queue === null) return { ...status, queue };
  const isStarted = status.commands.some(({ name, isScheduled }) => name === "Worker" && isScheduled);
  return { ...status, queue, needsPerson: [...status.needsPerson, ...queueTroubles(queue, isStarted)] };
}

async function queueState(): Promise<QueueState | null> {
  if (isOnServer() && handlerNames().length === 0) return null;
  // What is wrong with the database or its tables is doctor's business: the runs are shown all the same.
  const late = new Promise<null>((resolve) => setTimeout(resolve, limitMs, null).unref());
  return Promise.race([withQueue(readQueueState).catch(() => null), late]);
}
