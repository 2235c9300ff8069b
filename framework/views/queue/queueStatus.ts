import { handlerNames } from "./knownTypes";
import { isOnServer, withQueue } from "./openQueue";
import { type QueueState, readQueueState } from "./queueState";

/** How long a queue in the app's own SQLite file may take to answer, in milliseconds. */
const limitMs = 3000;

export interface QueueLook {
  /** Null in apps without a queue, and if it cannot be read. */
  queue: QueueState | null;
  /** Why it cannot be read: its database does not answer, or has no tables. */
  queueProblem?: string;
}

/** Reads the state of the queue. Never throws, so that the runs are shown whatever is wrong with the queue. */
export async function lookAtQueue(limit = limitMs): Promise<QueueLook> {
  const isUsed = handlerNames().length > 0;
  if (isOnServer() && !isUsed) return { queue: null };
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error(`no answer within ${limit / 1000} s`)), limit).unref(),
  );
  try {
    return { queue: await Promise.race([withQueue(readQueueState), late]) };
  } catch (error) {
    return isUsed ? { queue: null, queueProblem: error.message } : { queue: null };
  }
}
