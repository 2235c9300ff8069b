import type { CalendarSchedule } from "../expression/types";
import { firstCivilMinute } from "./civilFirings";
import { knownStretches } from "./clockDifferences";

/** A schedule's first time that a zone's clocks skip, and its first time that they repeat, such as "02:30". */
export interface ClockMatches {
  readonly skipped?: string;
  readonly repeated?: string;
}

/** Finds times that don't exist or exist twice, for which schedulers behave differently. */
export function clockMatches(schedule: CalendarSchedule, timezone: string): ClockMatches {
  const matches: { skipped?: string; repeated?: string } = {};
  for (const { start, offset, offsetBefore } of knownStretches(timezone)) {
    if (offset === offsetBefore) continue;
    const kind = offset > offsetBefore ? "skipped" : "repeated";
    const from = start + Math.min(offset, offsetBefore);
    const to = start + Math.max(offset, offsetBefore);
    const civil = matches[kind] === undefined ? firstCivilMinute(schedule, from) : undefined;
    if (civil !== undefined && civil < to) matches[kind] = civilText(civil);
  }
  return matches;
}

function civilText(civil: number): string {
  return new Date(civil * 60_000).toISOString().slice(11, 16);
}
