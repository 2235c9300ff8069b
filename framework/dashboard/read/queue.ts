import type { QueueEngine } from "../../queue/engine";
import { handlerNames } from "../../views/queue/knownTypes";
import { hasQueue, isOnServer } from "../../views/queue/openQueue";
import { type QueueState, queueTroubles, readQueueState } from "../../views/queue/queueState";
import type { World } from "./world";

/** The queue's state, or why it is unknown. Both are undefined in an app without a queue. */
export interface QueueLook {
  state?: QueueState;
  /** Why the state is unknown. */
  problem?: string;
}

/** How long to cache the queue's state, and how long to wait for it, in milliseconds. */
const freshMs = 1_000;
const limitMs = 3_000;

let last: { at: number; look: Promise<QueueLook> } | undefined;

export function readQueue(now = Date.now()): Promise<QueueLook> {
  if (last === undefined || now - last.at > freshMs) last = { at: now, look: lookAtQueue() };
  return last.look;
}

/**
 * Returns the queue's engine and leaves it open, because pages are loaded repeatedly, and the app in which the
 * dashboard is mounted may use the engine too.
 */
export async function openQueue(): Promise<QueueEngine> {
  const { queueEngine } = await import("../../queue/engines/select");
  return queueEngine();
}

export function queueSentences({ state, problem }: QueueLook, { status }: World): string[] {
  if (problem !== undefined) return [`The queue cannot be read: ${problem}`];
  const isStarted = status.commands.some(({ name, isScheduled }) => name === "Worker" && isScheduled);
  return state === undefined ? [] : queueTroubles(state, isStarted);
}

async function lookAtQueue(): Promise<QueueLook> {
  const isUsed = handlerNames().length > 0;
  if (!hasQueue() || (isOnServer() && !isUsed)) return {};
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return { state: await Promise.race([openQueue().then(readQueueState), late]) };
  } catch (error) {
    return isUsed ? { problem: error.message } : {};
  } finally {
    clearTimeout(timer);
  }
}
