import { schedulesOf } from "../expression/schedulesOf";
import { type Clock, firingsAfter, lateStart } from "./firings";

export interface ExpectedStarts {
  name: string;
  schedules: readonly string[];
  clock: Clock;
  /** Scheduled times after this moment are checked (milliseconds since the epoch). */
  after: number;
  /**
   * Scheduled times up to this moment are checked. It should be `lateStart` before now, because a start can be late.
   */
  until: number;
  /** The start times of the command's runs from `after` to now, in any order. */
  starts: readonly number[];
}

/** The most scheduled times to check: enough for almost two weeks of a schedule that fires every minute. */
const maxFirings = 20_000;

/**
 * The times at which cron should have started the command but didn't. Takes cron's rules for clock changes into
 * account.
 */
export function missedStarts({ name, schedules, clock, after, until, starts }: ExpectedStarts): number[] {
  const due = schedulesOf({ name, schedules }).flatMap((schedule) =>
    timesOf(firingsAfter(schedule, after, clock), until + lateStart),
  );
  const times = [...new Set(due)].sort((a, b) => a - b);
  const counts = startsPerTime(times, starts);
  return times.filter(
    (time, index) => time <= until && counts[index] === 0 && !hasLateStart(times, counts, index),
  );
}

function timesOf(firings: Iterable<number>, until: number): number[] {
  const times: number[] = [];
  for (const time of firings) {
    if (time > until || times.length >= maxFirings) break;
    times.push(time);
  }
  return times;
}

/** Counts the starts for each scheduled time. A start belongs to the latest scheduled time before it. */
function startsPerTime(times: readonly number[], starts: readonly number[]): number[] {
  const counts = times.map(() => 0);
  let index = -1;
  for (const start of [...starts].sort((a, b) => a - b)) {
    while (index + 1 < times.length && times[index + 1] <= start) index++;
    if (index >= 0) counts[index] += 1;
  }
  return counts;
}

/**
 * Whether a seemingly missed start was only late. If it began after the next scheduled time, that time seems to have
 * two starts.
 */
function hasLateStart(times: readonly number[], counts: number[], missed: number): boolean {
  for (let index = missed + 1; index < times.length && times[index] - times[missed] < lateStart; index++) {
    if (counts[index] < 2) continue;
    counts[index] -= 1;
    return true;
  }
  return false;
}
