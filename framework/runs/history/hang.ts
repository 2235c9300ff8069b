import { formatDuration } from "../../config/duration";
import { schedulesOf } from "../../schedule/expression/schedulesOf";
import { type Clock, firingsAfter } from "../../schedule/times/firings";
import type { HostClock } from "../../schedule/times/nextRuns";
import type { Run } from "../ledger/run";

/** A run in progress, and how many starts in a row were skipped because of it. */
export interface BlockingRun {
  run: Pick<Run, "id" | "name" | "pid" | "startedAt">;
  skipped: number;
}

/** The facts about a command that decide whether its run hangs. */
export interface BlockedCommand {
  name: string;
  schedules: readonly string[];
  timezone: string | null;
  overlap: string;
}

/** Stop counting waiting starts at this number. */
const maxWaiting = 1_000;

/**
 * Describes a hanging run, in words that follow the command's name; undefined if the run is not hanging. A run hangs if
 * it takes longer than its schedule's interval and at least `least` starts were skipped or are waiting because of it.
 * This doesn't depend on earlier runs, so it works for a command's first run too.
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
  const starts = blocked === 1 ? "1 start" : `${blocked === maxWaiting ? "over " : ""}${blocked} starts`;
  const verb = blocked === 1 ? (waits ? "is" : "was") : waits ? "are" : "were";
  const what = waits ? `${verb} waiting` : `${verb} skipped`;
  return `has been running for ${formatDuration(lasts)} (run ${run.id}, pid ${run.pid}), and ${starts} ${what}`;
}

/** The milliseconds between the first two starts due after a given time; infinite if there are no two. */
function intervalAfter(command: BlockedCommand, after: number, clock: Clock): number {
  const times = schedulesOf(command).flatMap((schedule) => first(firingsAfter(schedule, after, clock), 2));
  const [one, other] = [...new Set(times)].sort((a, b) => a - b);
  return one === undefined || other === undefined ? Number.POSITIVE_INFINITY : other - one;
}

function dueSince(command: BlockedCommand, after: number, until: number, clock: Clock): number {
  const times = schedulesOf(command).flatMap((schedule) =>
    first(firingsAfter(schedule, after, clock), maxWaiting, until),
  );
  return Math.min(new Set(times).size, maxWaiting);
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
