import { hangAfterSkips } from "../../config/config";
import { formatDuration } from "../../config/duration";
import { schedulesOf } from "../../schedule/expression/schedulesOf";
import { firingsAfter, lateStart } from "../../schedule/times/firings";
import type { HostClock } from "../../schedule/times/nextRuns";
import type { Incident, IncidentKind } from "../ledger/incidents";
import type { Run } from "../ledger/run";
import { hangText } from "./hang";
import { failureReason, isLossTrouble, lossText } from "./runText";
import { usualLongest } from "./usualDuration";

/** What the ledger knows of a command. */
export interface RunHistory {
  /** The newest run, skipped starts left out. */
  last: Run | null;
  /** The newest run that came to an end. */
  lastEnded: Run | null;
  running: Run | null;
  /** When it was started last, whatever became of it: a skipped start did come. */
  lastStart: number | null;
  /** Starts that were skipped since `last` began. */
  skipped: number;
  /** Those of them that were skipped because of the run that goes on. */
  blocked: number;
  /** The server that ran the latest start instead of this one. */
  ranElsewhere: string | null;
  /** How long its latest successes took, in milliseconds. */
  durations: number[];
  /** Its last attempt failed, and another follows by itself. */
  isRetrying: boolean;
  /** What monitor or a run itself noted and nobody has mended. */
  incidents: Pick<Incident, "kind" | "reason" | "acknowledgedAt" | "acknowledgeReason">[];
}

/** What is expected of a command here. */
export interface Expectation {
  name: string;
  schedules: readonly string[];
  timezone: string | null;
  overlap: string;
  /** Since when something starts it here by its schedule (milliseconds); null: nothing does, or it is not known. */
  since: number | null;
  /** Whether it belongs on this host's schedule. */
  isScheduled: boolean;
}

/** Something about a command that a person should look at. */
export interface Trouble {
  kind: "failed" | "timed_out" | "lost" | "overdue" | "slow" | "hanging" | "output";
  /** What stands behind the command's name: "failed with exit status 1". */
  text: string;
  /** Somebody knows of it, since then (milliseconds since the epoch), and said why it is left for now. */
  acknowledged?: { at: number; reason: string | null };
}

/**
 * What is wrong with a command. One that is started by hand alone, or not here, is nobody's trouble, unless an
 * incident is open: then somebody has been told of it already.
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

/** The kind of incident that a trouble is. */
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

/** A start is due from its time on, and missed when it is later than cron itself ever is. */
function overdue(expected: Expectation, history: RunHistory, { now, hostTimezone }: HostClock) {
  const { since } = expected;
  if (!expected.isScheduled || since === null || isWaiting(expected, history)) return undefined;
  const after = Math.max(since, (history.lastStart ?? 0) + 1_000);
  const clock = { timezone: expected.timezone ?? hostTimezone, hostTimezone };
  const missed = schedulesOf(expected)
    .map((schedule) => firstAfter(firingsAfter(schedule, after, clock)))
    .filter((time) => time !== undefined && time + lateStart < now.getTime()) as number[];
  if (missed.length === 0) return undefined;
  const late = now.getTime() - Math.min(...missed);
  return { kind: "overdue", text: `was due ${formatDuration(minutes(late))} ago` } satisfies Trouble;
}

/** With `overlap: "wait"` a start leaves no trace until it is its turn. */
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

/** Seconds are noise in what is minutes late at least. */
function minutes(ms: number): number {
  return Math.floor(ms / 60_000) * 60_000;
}
