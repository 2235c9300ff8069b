import type { ClaimedJob } from "../engine";

/** The order in which jobs are to be started: databases return what they changed in any order. */
export function byTurn(a: ClaimedJob, b: ClaimedJob): number {
  return b.priority - a.priority || a.id - b.id;
}
