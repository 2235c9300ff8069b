import { handlerNames } from "./knownTypes";
import { isOnServer, withQueue } from "./openQueue";
import { type QueueState, readQueueState } from "./queueState";

/** How long a queue in the app's own SQLite file may take to answer, in milliseconds. */
const limitMs = 3000;

export interface QueueLook {
  /** Null in apps without a queue, and where it cannot be looked at. */
  queue: QueueState | null;
  /** Why nothing is known of it: its database does not answer, or has no tables. */
  queueProblem?: string;
}

/** How the queue stands. The runs are shown all the same, whatever is wrong here. */
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
