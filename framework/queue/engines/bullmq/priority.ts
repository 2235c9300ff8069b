import { LajuError } from "../../../config/errors";

/**
 * BullMQ's priorities go from 1 (first) to 2,097,152, and 0 means none. A job without a priority ranks here, between
 * laju's positive and negative priorities.
 */
export const middle = 1_048_576;

/** Converts a priority to BullMQ's numbers. */
export function bullPriority(priority: number): number {
  if (priority === 0) return 0;
  if (Math.abs(priority) < middle) return middle - priority;
  throw new LajuError(`priority ${priority} is out of BullMQ's range`, {
    code: "E_JOB",
    hint: `With QUEUE_ENGINE=bullmq, a priority must be a whole number from ${1 - middle} to ${middle - 1}.`,
  });
}

export function ownPriority(priority: number): number {
  return priority === 0 ? 0 : middle - priority;
}
