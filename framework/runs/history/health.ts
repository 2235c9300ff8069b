import { hangAfterSkips } from "../../config/config";
import { formatDuration } from "../../config/duration";
import { schedulesOf } from "../../schedule/expression/schedulesOf";
import { firingsAfter, lateStart } from "../../schedule/times/firings";
import type { HostClock } from "../../schedule/times/nextRuns";
import { isInRepeatedHour } from "../../schedule/times/repeatedHour";
import type { Incident, IncidentKind } from "../ledger/incidents";
import type { Run } from "../ledger/run";
import { hangText } from "./hang";
import { failureReason, isLossTrouble, lossText } from "./runText";
import { usualLongest } from "./usualDuration";

/** What the ledger knows about a command. */
export interface RunHistory {
  /** The newest run, not counting skipped starts. */
  last: Run | null;
  /** The newest run that has ended. */
  lastEnded: Run | null;
  running: Run | null;
  /** When the command was last started, even if that start was skipped. */
  lastStart: number | null;
  /** Starts that were skipped since `last` began. */
  skipped: number;
  /** Starts that were skipped because of the current run. */
  blocked: number;
  /** The other server that ran the command at its latest scheduled time. */
  ranElsewhere: string | null;
  /** How long the command's latest successful runs took, in milliseconds. */
  durations: number[];
  /** Whether the last attempt failed and a retry is pending. */
  isRetrying: boolean;
  /** The open incidents, which the monitor or a run itself has opened. */
  incidents: Pick<Incident, "kind" | "reason" | "acknowledgedAt" | "acknowledgeReason">[];
}

/** When and how a command should run on this host. */
export interface Expectation {
  name: string;
  schedules: readonly string[];
  timezone: string | null;
  overlap: string;
  /**
   * When the command's schedule was installed on this host (milliseconds since the epoch); null if it is not installed
   * or the time is unknown.
   */
  since: number | null;
  /** Whether this host starts the command on schedule. */
  isScheduled: boolean;
}

/** Something wrong with a command. */
export interface Trouble {
  kind: "failed" | "timed_out" | "lost" | "overdue" | "slow" | "hanging" | "output";
  /** Words that follow the command's name, such as "failed with exit status 1". */
  text: string;
  /** When someone acknowledged the trouble (milliseconds since the epoch), and why. */
  acknowledged?: { at: number; reason: string | null };
}

/**
 * What is wrong with a command. If this host doesn't start the command on schedule, troubles are reported only while it
 * has an open incident, because someone has already been notified about that incident.
 */
export function troublesOf(expected: Expectation, history: RunHistory, clock: HostClock): Trouble[] {
  if (!expected.isScheduled && history.incidents.length === 0) return [];
  const troubles = [
    badEnd(history),
    overdue(expected, history, clock) ?? notedOverdue(history),
    hanging(expected, history, clock) ?? slow(history, clock),
    outputLost(history),
  ];
  return troubles
    .filter((trouble) => trouble !== undefined)
    .map((trouble) => ({ ...trouble, ...acknowledgementOf(trouble, history) }));
}

/** The kind of incident that corresponds to a trouble. */
export function incidentKind({ kind }: Trouble): IncidentKind {
  return kind === "failed" || kind === "timed_out" || kind === "lost" ? "failing" : kind;
}

function acknowledgementOf(trouble: Trouble, { incidents }: RunHistory): Pick<Trouble, "acknowledged"> {
  const known = incidents.find(({ kind }) => kind === incidentKind(trouble));
  if (known?.acknowledgedAt == null) return {};
  return { acknowledged: { at: known.acknowledgedAt, reason: known.acknowledgeReason } };
}

function badEnd({ lastEnded, running, isRetrying }: RunHistory): Trouble | undefined {
  if (lastEnded === null || isRetrying || (running !== null && running.attempt > 1)) return undefined;
  const { state } = lastEnded;
  if (state !== "failed" && state !== "timed_out" && state !== "lost") return undefined;
  return { kind: state, text: failureReason(lastEnded) };
}

/** A start counts as missed once it is later than cron's longest possible delay. */
function overdue(expected: Expectation, history: RunHistory, { now, hostTimezone, quirks = {} }: HostClock) {
  const { since } = expected;
  if (!expected.isScheduled || since === null || isWaiting(expected, history)) return undefined;
  const isHeldBack = quirks.waitsForLastRun === true && expected.overlap === "skip";
  if (isHeldBack && history.running !== null) return undefined;
  const heldUntil = isHeldBack ? (history.lastEnded?.finishedAt ?? 0) : 0;
  const after = Math.max(since, (history.lastStart ?? 0) + 1_000, heldUntil);
  const clock = { timezone: expected.timezone ?? hostTimezone, hostTimezone };
  const missed = schedulesOf(expected)
    .map((schedule) => firstAfter(firingsAfter(schedule, after, clock)))
    .filter(
      (time) => time === undefined || !quirks.losesRepeatedHour || !isInRepeatedHour(time, hostTimezone),
    )
    .filter((time) => time !== undefined && time + lateStart < now.getTime()) as number[];
  if (missed.length === 0) return undefined;
  const late = now.getTime() - Math.min(...missed);
  return { kind: "overdue", text: `was due ${formatDuration(minutes(late))} ago` } satisfies Trouble;
}

/** Whether a start may be waiting. With `overlap: "wait"`, a start is not recorded until the previous run has ended. */
function isWaiting({ overlap }: Expectation, { running }: RunHistory): boolean {
  return overlap === "wait" && running !== null;
}

function firstAfter(times: Iterable<number>): number | undefined {
  for (const time of times) return time;
  return undefined;
}

function notedOverdue({ incidents }: RunHistory): Trouble | undefined {
  const noted = incidents.find(({ kind }) => kind === "overdue");
  return noted && { kind: "overdue", text: noted.reason };
}

function hanging(expected: Expectation, { running, blocked }: RunHistory, clock: HostClock) {
  if (running === null) return undefined;
  const text = hangText(expected, { run: running, skipped: blocked }, clock, hangAfterSkips());
  return text === undefined ? undefined : ({ kind: "hanging", text } satisfies Trouble);
}

function slow({ running, durations }: RunHistory, { now }: HostClock): Trouble | undefined {
  const usual = usualLongest(durations);
  if (running === null || usual === undefined) return undefined;
  const lasts = now.getTime() - running.startedAt;
  if (lasts < usual.slowFrom) return undefined;
  return { kind: "slow", text: `usually takes at most ${formatDuration(usual.longest)}` };
}

function outputLost({ lastEnded }: RunHistory): Trouble | undefined {
  const lost = lastEnded?.lostOutput;
  return isLossTrouble(lost) ? { kind: "output", text: lossText(lost) } : undefined;
}

/** Rounds down to whole minutes, because a missed start is always minutes late. */
function minutes(ms: number): number {
  return Math.floor(ms / 60_000) * 60_000;
}
