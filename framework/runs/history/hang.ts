import { formatDuration } from "../../config/duration";
import { schedulesOf } from "../../schedule/expression/schedulesOf";
import { type Clock, firingsAfter } from "../../schedule/times/firings";
import type { HostClock } from "../../schedule/times/nextRuns";
import type { Run } from "../ledger/run";

/** A run that goes on, and how many starts were skipped in a row because of it. */
export interface BlockingRun {
  run: Pick<Run, "id" | "name" | "pid" | "startedAt">;
  skipped: number;
}

/** What has to be known of its command. */
export interface BlockedCommand {
  name: string;
  schedules: readonly string[];
  timezone: string | null;
  overlap: string;
}

/** More waiting starts than these need not be told apart. */
const mostWaiting = 1_000;

/**
 * What stands behind the name of a command whose run hangs: it takes longer than its schedule's interval, and `least`
 * starts or more were skipped, or wait, because of it. Undefined for any other run. Nothing has to be known of earlier
 * runs, so this holds for a command's first run too.
 */
export function hangText(
  command: BlockedCommand,
  { run, skipped }: BlockingRun,
  { now, hostTimezone }: HostClock,
  least: number,
): string | undefined {
  const clock = { timezone: command.timezone ?? hostTimezone, hostTimezone };
  const lasts = now.getTime() - run.startedAt;
  const waits = command.overlap === "wait";
  const blocked = waits ? dueSince(command, run.startedAt, now.getTime(), clock) : skipped;
  if (blocked < least || lasts <= intervalAfter(command, run.startedAt, clock)) return undefined;
  const starts = blocked === 1 ? "1 start" : `${blocked === mostWaiting ? "over " : ""}${blocked} starts`;
  const what = waits ? (blocked === 1 ? "waits" : "wait") : blocked === 1 ? "was skipped" : "were skipped";
  return `has been running for ${formatDuration(lasts)} (run ${run.id}, pid ${run.pid}), and ${starts} ${what}`;
}

/** The time between the first two starts that are due after a moment; endless where there are none. */
function intervalAfter(command: BlockedCommand, after: number, clock: Clock): number {
  const times = schedulesOf(command).flatMap((schedule) => first(firingsAfter(schedule, after, clock), 2));
  const [one, other] = [...new Set(times)].sort((a, b) => a - b);
  return one === undefined || other === undefined ? Number.POSITIVE_INFINITY : other - one;
}

function dueSince(command: BlockedCommand, after: number, until: number, clock: Clock): number {
  const times = schedulesOf(command).flatMap((schedule) =>
    first(firingsAfter(schedule, after, clock), mostWaiting, until),
  );
  return Math.min(new Set(times).size, mostWaiting);
}

function first(times: Iterable<number>, count: number, until = Number.POSITIVE_INFINITY): number[] {
  const found: number[] = [];
  for (const time of times) {
    if (time > until) break;
    found.push(time);
    if (found.length >= count) break;
  }
  return found;
}
