import type { LajuError } from "../../config/errors";
import { handlerNames } from "./knownTypes";
import { isOnServer, withQueue } from "./openQueue";
import { type QueueState, readQueueState } from "./queueState";

/** How long to wait for the queue's state, in milliseconds. */
const limitMs = 3000;

export interface QueueReading {
  /** The queue's state; null if there is no queue or its state cannot be read. */
  queue: QueueState | null;
  /** Why the queue cannot be read, for example because the database does not answer or has no tables. */
  queueProblem?: string;
  /** What to do about the problem, if that is known. */
  queueCure?: string | undefined;
}

/** Reads the state of the queue. Never throws, so that a broken queue doesn't hide the runs. */
export async function readQueue(limit = limitMs): Promise<QueueReading> {
  const isUsed = handlerNames().length > 0;
  if (isOnServer() && !isUsed) return { queue: null };
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error(`no answer within ${limit / 1000} s`)), limit).unref(),
  );
  try {
    return { queue: await Promise.race([withQueue(readQueueState), late]) };
  } catch (error) {
    if (!isUsed) return { queue: null };
    return { queue: null, queueProblem: error.message, queueCure: (error as Partial<LajuError>).hint };
  }
}
