import type { ClaimedJob, Judge } from "../engine";

/** A dead worker's jobs, grouped by what will happen to them. */
export interface Sorted {
  blamed: ClaimedJob[];
  counted: ClaimedJob[];
  returned: ClaimedJob[];
}

export function sorted(jobs: readonly ClaimedJob[], judge: Judge): Sorted {
  const verdict = judge(jobs);
  const blamed = jobs.filter((job) => verdict.blamed.includes(job));
  const counted = jobs.filter((job) => verdict.counted.includes(job));
  return { blamed, counted, returned: jobs.filter((job) => !blamed.includes(job) && !counted.includes(job)) };
}
