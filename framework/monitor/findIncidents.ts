import { formatDuration } from "../config/duration";
import { shortTime } from "../host/hostClock";
import type { DeployedCommand } from "../metadata/overrides";
import { listRuns } from "../runs/history/findRuns";
import { lastDurations, lastEndedRun, runningRuns } from "../runs/history/lastRun";
import { usualLongest } from "../runs/history/usualDuration";
import {
  closeIncidents,
  hasOpenIncident,
  type NewIncident,
  openIncident,
  openIncidents,
} from "../runs/ledger/incidents";
import type { Run } from "../runs/ledger/run";
import { processPendingNotices } from "../runs/notices/pendingNotices";
import { claimedSlots, longestClaimAge } from "../runs/servers/claims";
import {
  checkedUntil,
  setCheckedUntil,
  startsSince,
  wasRunningAt,
  watchOnly,
} from "../runs/supervision/monitorProgress";
import { lateStart } from "../schedule/times/firings";
import { missedStarts } from "../schedule/times/missedStarts";
import type { HostClock } from "../schedule/times/nextRuns";
import { isInRepeatedHour } from "../schedule/times/repeatedHour";
import { startDetached } from "../scheduler/catchUp";
import { findHangs } from "./findHangs";

/**
 * Finds problems that a run cannot report itself, and opens and closes incidents accordingly. Returns a sentence about
 * each change.
 */
export async function findTrouble(
  expected: DeployedCommand[],
  commands: DeployedCommand[],
  clock: HostClock,
): Promise<string[]> {
  // Reading runs also marks those whose process is gone as lost.
  listRuns({ limit: 1 });
  const running = runningRuns();
  // With overlap "wait", a start is not recorded until the previous run has ended.
  const isWaiting = ({ name, overlap }: DeployedCommand) =>
    overlap === "wait" && running.some((run) => run.name === name);
  const missing = expected.filter((command) => !isWaiting(command));
  return [
    ...processPendingNotices().flatMap(({ kind, text }) => (kind === "ping" ? [] : [text])),
    ...(await Promise.all(missing.map((command) => missed(command, clock)))).flat(),
    ...findHangs(commands, clock),
    ...running.flatMap((run) => slowRun(run, clock)),
    ...commands.flatMap(({ name }) => recovered(name)),
  ];
}

async function missed(command: DeployedCommand, clock: HostClock): Promise<string[]> {
  const { now, hostTimezone } = clock;
  const { name, schedules, timezone } = command;
  const schedule = JSON.stringify([schedules, timezone]);
  const until = now.getTime() - lateStart;
  const after = checkedUntil(name, schedule, now.getTime());
  const missing = missedStarts({
    name,
    schedules,
    clock: { timezone: timezone ?? hostTimezone, hostTimezone },
    after,
    until,
    starts: startsSince(name, after),
  });
  if (until > after) setCheckedUntil(name, schedule, until);
  const expected = missing.filter((time) => !isSkippedByDaemon(command, time, clock));
  const times = await unclaimedTimes(command, expected, now.getTime());
  if (times.length === 0) return [];
  if (command.catchUp === "last") {
    startDetached(command, times.at(-1) as number);
    return [`${name} did not start at ${timesText(times, hostTimezone)}, so it was started now`];
  }
  const reason = `did not start at ${timesText(times, hostTimezone)}`;
  return opened({ name, kind: "overdue", reason, runId: null, openedAt: times.at(-1) as number });
}

/** The missed times that no other server claimed. Omits times so old that their claims have expired. */
async function unclaimedTimes(
  { name, oneServer }: DeployedCommand,
  times: number[],
  now: number,
): Promise<number[]> {
  if (!oneServer || times.length === 0) return times;
  const known = times.filter((time) => now - time < longestClaimAge).slice(-maxAsked);
  try {
    const claimed = await claimedSlots(name, known);
    return known.filter((time) => !claimed.includes(time));
  } catch {
    return known; // Without the store, we can't tell what other servers ran, so report too many times rather than too few.
  }
}

/** Whether the cron daemon skips this start by design, so that it doesn't count as missed. */
function isSkippedByDaemon(
  { name, overlap }: DeployedCommand,
  time: number,
  { hostTimezone, quirks = {} }: HostClock,
): boolean {
  if (quirks.losesRepeatedHour && isInRepeatedHour(time, hostTimezone)) return true;
  return quirks.waitsForLastRun === true && overlap === "skip" && wasRunningAt(name, time);
}

const maxAsked = 1000;
const maxTimes = 3;

/** The last few missed times as text, and how many earlier ones there are. */
export function timesText(times: number[], timezone: string): string {
  const shown = times.slice(-maxTimes).map((time) => shortTime(new Date(time), timezone));
  const more = times.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} earlier ${more === 1 ? "time" : "times"}` : ""}`;
}

function slowRun({ id, name, startedAt }: Run, { now }: HostClock): string[] {
  const usual = usualLongest(lastDurations(name));
  const lasts = now.getTime() - startedAt;
  if (usual === undefined || lasts < usual.slowFrom || hangs(name)) return [];
  const reason = `has been running for ${formatDuration(lasts)}, usually at most ${formatDuration(usual.longest)}`;
  return opened({ name, kind: "slow", reason, runId: id, openedAt: now.getTime() });
}

/** Whether the command has an incident about a hanging run, whose notice says more than one about a slow run. */
function hangs(name: string): boolean {
  return openIncidents().some((one) => one.name === name && one.kind === "hanging");
}

function opened(incident: NewIncident): string[] {
  return openIncident(incident) ? [`${incident.name} ${incident.reason}`] : [];
}

/** Closes incidents that a successful run could not close because the ledger was unavailable. */
function recovered(name: string): string[] {
  if (!hasOpenIncident(name)) return [];
  const run = lastEndedRun(name);
  const newest = Math.max(
    ...openIncidents()
      .filter((one) => one.name === name)
      .map((one) => one.openedAt),
  );
  if (run?.state !== "succeeded" || run.finishedAt === null || run.finishedAt <= newest) return [];
  return closeIncidents(name, { runId: run.id, at: run.finishedAt }) ? [`${name} works again`] : [];
}

/** Forgets the commands that are no longer expected to start. */
export function forgetUnexpected(expected: DeployedCommand[]): void {
  watchOnly(expected.map(({ name }) => name));
}
