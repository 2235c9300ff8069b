import type { ClaimedJob, Held, NewJob, Settlement } from "../../engine";
import type { JobRecord, JobState } from "../../jobRecord";
import { bullPriority, ownPriority } from "./priority";
import type { Argument, Reply } from "./scripts";

/** Converts a job to the arguments of `add` in lua/add.ts. */
export function addArguments(job: NewJob): Argument[] {
  const { when, cron } = job;
  return [
    job.type,
    job.data,
    bullPriority(job.priority),
    when !== undefined && "at" in when ? when.at : "",
    when !== undefined && "in" in when ? when.in : "",
    job.uniqueKey ?? "",
    job.userId ?? "",
    cron?.expression ?? "",
    cron?.timezone ?? "",
    job.rescheduleDelay ?? "",
    job.removeDelay ?? "",
    job.rescheduledFromJob ?? "",
    job.retryPolicy ?? "",
  ];
}

/**
 * The arguments of lua/settle.ts. An error is passed as its first line and as a list of stacks, the two forms that
 * BullMQ's dashboards show.
 */
export function settleArguments(settlement: Settlement, type: string): Argument[] {
  const { id, state } = settlement;
  const error = settlement.error ?? "";
  const next = settlement.state === "retry" ? undefined : settlement.next;
  return [
    type,
    id,
    claimWord(settlement),
    state,
    state === "completed" ? (settlement.result ?? "null") : "",
    error === "" ? "" : JSON.stringify([error]),
    error.split("\n", 1)[0] as string,
    state === "retry" ? settlement.delay : 0,
    next === undefined ? 0 : 1,
    ...(next === undefined ? [] : addArguments(next)),
  ];
}

/** Identifies one claim of a job: the attempt, and when the job was queued. */
export function claimWord({ attempt, createdAt }: Held): string {
  return `${attempt} ${createdAt ?? ""}`;
}

/** A job's type, its id, and its hash in BullMQ. */
export type JobReply = [type: string, id: string, fields: string[]];

export function toClaimed([type, id, fields]: JobReply): ClaimedJob {
  const hash = hashOf(fields);
  return {
    id: Number(id),
    attempt: Number(hash.ats),
    type,
    userId: numberOf(hash.userId),
    data: hash.data ?? null,
    createdAt: numberOf(hash.timestamp),
    spent: Number(hash.spent ?? 0),
    crashes: Number(hash.crashes ?? 0),
    priority: ownPriority(Number(hash.priority ?? 0)),
    cron: cronOf(hash),
    rescheduleDelay: numberOf(hash.rescheduleDelay),
    removeDelay: numberOf(hash.removeDelay),
    due: firstDue(hash),
    rescheduledFromJob: predecessorOf(hash),
    retryPolicy: (hash.retryPolicy ?? null) as ClaimedJob["retryPolicy"],
  };
}

/** A job's type, its id, its state, its score (delayed jobs only), and its hash in BullMQ. */
export type RecordReply = [type: string, id: string, state: JobState, score: string | null, fields: string[]];

export function toRecord([type, id, state, score, fields]: RecordReply): JobRecord {
  const hash = hashOf(fields);
  const isOpen = state === "scheduled" || state === "pending" || state === "parked" || state === "processing";
  return {
    id: Number(id),
    type,
    userId: numberOf(hash.userId),
    state,
    data: decoded(hash.data),
    priority: ownPriority(Number(hash.priority ?? 0)),
    attempts: Number(hash.ats ?? 0) - Number(hash.spent ?? 0),
    due: score === null ? firstDue(hash) : Math.floor(Number(score) / 0x1000),
    createdAt: numberOf(hash.timestamp),
    startedAt: numberOf(hash.processedOn),
    finishedAt: isOpen ? null : numberOf(hash.finishedOn),
    worker: state === "processing" ? (hash.pb ?? null) : null,
    progress: decoded(hash.progress),
    result: state === "completed" ? decoded(hash.returnvalue) : null,
    error: errorOf(hash),
    unique: state === "completed" ? null : (hash.deid ?? null),
    cron: cronOf(hash),
    rescheduledFromJob: predecessorOf(hash),
    successor: numberOf(hash.successor),
    removeAt: numberOf(hash.removeAt),
  };
}

/** When the job was first due, if that was later than when it was queued. */
function firstDue({ timestamp, opts }: Hash): number | null {
  const delay = opts?.includes('"delay"') ? JSON.parse(opts).delay : undefined;
  return typeof delay === "number" ? Number(timestamp) + delay : null;
}

type Hash = Partial<Record<string, string>>;

/** Redis returns a hash as alternating names and values. */
export function hashOf(fields: readonly string[]): Hash {
  const hash: Hash = {};
  for (let at = 0; at < fields.length; at += 2) hash[fields[at] as string] = fields[at + 1];
  return hash;
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

/** Reads both names, because workers of the previous release write only `rescheduledFrom`. */
function predecessorOf({ rescheduledFromJob, rescheduledFrom }: Hash): number | null {
  return numberOf(rescheduledFromJob ?? rescheduledFrom);
}

function cronOf({ cron, timezone }: Hash): ClaimedJob["cron"] {
  return cron === undefined ? null : { expression: cron, timezone: timezone ?? "UTC" };
}

function errorOf({ stacktrace, failedReason }: Hash): string | null {
  const stacks = decoded(stacktrace);
  if (Array.isArray(stacks) && typeof stacks.at(-1) === "string") return stacks.at(-1);
  return failedReason ?? null;
}

/** Parses JSON. If another program has written something else, returns that text. */
function decoded(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function numbers(reply: Reply[]): number[] {
  return reply.map(Number).sort((a, b) => a - b);
}
