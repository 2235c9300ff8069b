import type { Status } from "../statusRows";
import { handlerNames } from "./knownTypes";
import { isOnServer, withQueue } from "./openQueue";
import { type QueueState, queueTroubles, readQueueState } from "./queueState";

/** How long the database may take to answer, in milliseconds. */
const limitMs = 3000;

interface QueueStatus {
  queue: QueueState | null;
  /** Why nothing is known of it: its database does not answer, or has no tables. */
  queueProblem?: string;
}

/** `status` with the queue, where there is one: null in apps without it, and where it cannot be looked at. */
export async function withQueueStatus(status: Status): Promise<Status & QueueStatus> {
  const found = await queueStatus();
  const isStarted = status.commands.some(({ name, isScheduled }) => name === "Worker" && isScheduled);
  const troubles = found.queue === null ? [] : queueTroubles(found.queue, isStarted);
  if (found.queueProblem !== undefined) troubles.push(`the queue cannot be looked at: ${found.queueProblem}`);
  return { ...status, ...found, needsPerson: [...status.needsPerson, ...troubles] };
}

/** The runs are shown all the same, whatever is wrong here. */
async function queueStatus(): Promise<QueueStatus> {
  const isUsed = handlerNames().length > 0;
  if (isOnServer() && !isUsed) return { queue: null };
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs).unref(),
  );
  try {
    return { queue: await Promise.race([withQueue(readQueueState), late]) };
  } catch (error) {
    return isUsed ? { queue: null, queueProblem: error.message } : { queue: null };
  }
}
