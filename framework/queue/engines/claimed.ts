import type { ClaimedJob } from "../engine";

/** What a claim on a server brings. */
export interface Claimed {
  claimed: ClaimedJob[];
  /** How long until the next scheduled job is due, in milliseconds. */
  nextDueIn: number | null;
}
