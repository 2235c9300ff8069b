import type { ClaimedJob, Judge } from "../engine";

/** The jobs a dead worker held, by what becomes of them. */
export interface Sorted {
  blamed: ClaimedJob[];
  counted: ClaimedJob[];
  spared: ClaimedJob[];
}

export function sorted(jobs: readonly ClaimedJob[], judge: Judge): Sorted {
  const verdict = judge(jobs);
  const blamed = jobs.filter((job) => verdict.blamed.includes(job));
  const counted = jobs.filter((job) => verdict.counted.includes(job));
  return { blamed, counted, spared: jobs.filter((job) => !blamed.includes(job) && !counted.includes(job)) };
}
