import type { NewJob } from "../engine";

/** How much job data one statement may contain, in characters, because servers limit the size of a packet. */
const maxCharacters = 2_000_000;

/**
 * Splits jobs into batches, each (where possible) small enough for one statement on any server.
 */
export function portionsOf(jobs: readonly NewJob[], maxJobs = Number.POSITIVE_INFINITY): NewJob[][] {
  const portions: NewJob[][] = [];
  let last: NewJob[] = [];
  let size = 0;
  for (const job of jobs) {
    size += job.data.length;
    if (last.length === 0 || last.length >= maxJobs || size > maxCharacters) {
      last = [];
      size = job.data.length;
      portions.push(last);
    }
    last.push(job);
  }
  return portions;
}
