import type { NewJob } from "../engine";

/** The most data of jobs that are queued in one statement, in characters: a server takes only so much in one packet. */
const mostCharacters = 2_000_000;

/** Splits jobs so that each portion is one statement of a size that every server takes, if it can. */
export function portionsOf(jobs: readonly NewJob[], mostJobs = Number.POSITIVE_INFINITY): NewJob[][] {
  const portions: NewJob[][] = [];
  let last: NewJob[] = [];
  let size = 0;
  for (const job of jobs) {
    size += job.data.length;
    if (last.length === 0 || last.length >= mostJobs || size > mostCharacters) {
      last = [];
      size = job.data.length;
      portions.push(last);
    }
    last.push(job);
  }
  return portions;
}
