import type { Knex } from "knex";
import type {
  JobFilter,
  JobRecord,
  JobState,
  OldestReady,
  Outcomes,
  QueueCounts,
  TimeSteps,
} from "./jobRecord";

export type { JobFilter, JobRecord, JobState, QueueCounts };

/**
 * The storage of a queue: one implementation per database (engines/). An engine moves rows and checks who owns them.
 * Its callers decide what follows when a job ends (back-off, the next cron run, limits). Times are milliseconds since
 * the epoch, and durations are milliseconds. A relative time ("in 30 s") is passed as a delay, so that an engine on a
 * server can use the server's clock.
 */
export interface QueueEngine {
  readonly name: "sqlite" | "postgres" | "mysql" | "bullmq";
  /** How many exchanges a worker may have in flight at once. */
  readonly pipeline: number;
  /** How often to poll for jobs if nothing wakes the worker, in milliseconds. */
  readonly pollMs: number;
  /** The most jobs that one exchange should claim now. */
  batch(): number;
  /** How long to leave the database to other processes after this exchange. */
  restMs(): number;
  /** The time on the clock that decides what is due, if it isn't this host's clock. */
  now?(): number;

  push(jobs: readonly NewJob[], trx?: Knex.Transaction): Promise<Pushed[]>;
  /**
   * Cancels the jobs that `job` replaces (same type and user, and both cron jobs or neither; not started, or started
   * more than `staleMs` ago and not finished) and inserts it, in one transaction. After concurrent calls, only one job
   * is unfinished.
   */
  replaceMatching(job: NewJob, staleMs: number, trx?: Knex.Transaction): Promise<Replaced>;

  /** Settles ended jobs, stores progress and claims due jobs. A claim counts as an attempt. */
  exchange(request: Exchange): Promise<Exchanged>;
  /** Returns claimed jobs to the queue. The attempt counts as `spent`, so that no two claims have the same number. */
  release(worker: string, jobs: readonly Held[]): Promise<void>;

  /** Registers the worker, before its first claim. Can be called again, because the first answer may have been lost. */
  register(worker: WorkerRecord): Promise<void>;
  /** Extends the worker's lease. Returns whether the worker is still known, and which jobs it holds in the store. */
  heartbeat(beat: Heartbeat): Promise<HeartbeatAnswer>;
  /** Removes a worker that no longer holds any jobs. */
  unregister(worker: string): Promise<void>;
  /** All workers that hold jobs or may claim some: registered workers, and unregistered holders of jobs. */
  holders(): Promise<Holder[]>;
  /**
   * Removes `dead`, and returns everything it holds to the queue except what `judge` blames: those jobs are transferred
   * to `by` and returned from here. Each job's `crashes` is incremented before it is judged. Does nothing if the lease
   * was extended since it was read. All in one transaction: a job that is kept for its heir to return would be judged a
   * second time, by the heir's log, if the heir died too. `judge` may be called more than once.
   */
  takeOver(dead: Holder, by: string, judge: Judge): Promise<ClaimedJob[]>;

  /** The types that have ready jobs. */
  readyTypes(): Promise<string[]>;
  /** Parks jobs of a type that have been ready for `idleMs`, about a thousand at most. Returns how many it parked. */
  park(type: string, idleMs: number): Promise<number>;
  /** Makes parked jobs of these types ready again, about a thousand at most. Returns how many it changed. */
  unpark(types: readonly string[]): Promise<number>;

  /** Calls back when there may be jobs to claim; sometimes there are none. Reconnects if the store is unavailable. */
  watch(onWake: () => void): Promise<Watch>;

  counts(): Promise<QueueCounts>;
  list(filter: JobFilter): Promise<JobRecord[]>;
  find(id: number): Promise<JobRecord | undefined>;
  /** Counts the jobs that ended in each of these intervals and have not been deleted since. */
  outcomes(steps: TimeSteps): Promise<Outcomes>;
  oldestReady(): Promise<OldestReady[]>;
  /** Makes failed and canceled jobs ready again, with all their attempts. Returns their ids. */
  retry(which: readonly number[] | "failed"): Promise<number[]>;
  /** Cancels unfinished jobs; a running one is aborted at its worker's next heartbeat. Returns their ids. */
  cancel(ids: readonly number[]): Promise<number[]>;
  /** Stops all workers from claiming a type, or all types with "*". */
  pause(type: string): Promise<void>;
  resume(type: string): Promise<void>;
  paused(): Promise<string[]>;
  /**
   * Deletes completed jobs whose removal time has passed, and finished jobs without a removal time that ended at least
   * `keepMs` ago; at most about `limit` at a time. Returns how many it deleted: 0 if nothing is left to delete. Failed
   * and canceled jobs have no removal time, whatever their `removeDelay`.
   */
  prune(keepMs: number, limit: number): Promise<number>;

  close(): Promise<void>;
}

/** How often a scheduled job is attempted: as often as its handler declares (default: once), or only once. */
export type RetryPolicy = "handler" | "never";

/** A validated and encoded job, ready to be queued. */
export interface NewJob {
  type: string;
  userId: number | null;
  /** JSON. */
  data: string;
  /** Higher first. */
  priority: number;
  /** Undefined: now. */
  when?: { at: number } | { in: number };
  /** At most one unfinished job has this key; the type is part of it. */
  uniqueKey?: string;
  cron?: { expression: string; timezone: string };
  /** Undefined: the handler's attempts, or the default for pushed jobs. */
  retryPolicy?: RetryPolicy;
  /** How long after its failure the job is queued again; undefined: never. */
  rescheduleDelay?: number;
  /** The job that this one retries, or whose next run it is. */
  rescheduledFromJob?: number;
  /** How long after its success the job is deleted. */
  removeDelay?: number;
}

/** `isNew` is false if another unfinished job has the same key; `id` is then that job's. */
export interface Pushed {
  id: number;
  isNew: boolean;
}

export interface Replaced {
  id: number;
  cancelled: number[];
}

/**
 * A job and one attempt of it, which a worker must hold to settle the job. `createdAt` is included because a store that
 * was restored from an older copy, or failed over to a server without the latest writes, may assign the same ids again.
 */
export interface Held {
  id: number;
  attempt: number;
  createdAt: number | null;
}

/** A key that is unique to this claim, even if the store was restored from an older copy and reused the job's id. */
export function heldKey({ id, attempt, createdAt }: Held): string {
  return `${id} ${attempt} ${createdAt}`;
}

export function isSameClaim(one: Held, other: Held): boolean {
  return one.id === other.id && one.attempt === other.attempt && one.createdAt === other.createdAt;
}

/** Only the identity of a claim, without the job's data. */
export function heldOf({ id, attempt, createdAt }: Held): Held {
  return { id, attempt, createdAt };
}

export interface ClaimedJob extends Held {
  type: string;
  userId: number | null;
  /** JSON. */
  data: string | null;
  /** Claims that don't count as attempts: those returned to the queue, or made before the job was retried by hand. */
  spent: number;
  /** How often a worker died while it held this job. */
  crashes: number;
  priority: number;
  /** Set for cron jobs, and for other jobs with a rarely used field. */
  due: number | null;
  cron: { expression: string; timezone: string } | null;
  retryPolicy: RetryPolicy | null;
  rescheduleDelay: number | null;
  rescheduledFromJob: number | null;
  removeDelay: number | null;
}

/** Decides about the jobs that a dead worker held. */
export type Judge = (held: readonly ClaimedJob[]) => Verdict;

/** Jobs in neither list return to the queue as if they had not been claimed. */
export interface Verdict {
  /** The new owner settles these. */
  blamed: readonly ClaimedJob[];
  /** These return to the queue, but the attempt counts. */
  counted: readonly ClaimedJob[];
}

/** The outcome of an attempt. `next` is inserted in the same transaction, if the worker still holds the job. */
export type Settlement = Held &
  (
    | { state: "completed"; result: string | null; error?: string; next?: NewJob }
    | { state: "failed"; error: string; next?: NewJob }
    | { state: "retry"; error: string; delay: number }
  );

export interface Exchange {
  worker: string;
  settle: readonly Settlement[];
  /** The progress of each job, as JSON. */
  progress: readonly (Held & { value: string })[];
  claim: ClaimRequest | null;
}

export interface ClaimRequest {
  limit: number;
  /** Undefined: every type. A worker passes the types for which it has handlers. */
  types?: readonly string[];
  /** How many jobs of a type all workers together may hold at a time. */
  limits: ReadonlyMap<string, number>;
}

export interface Exchanged {
  /** The claimed jobs in the order in which to start them. */
  claimed: ClaimedJob[];
  /** Settlements that had no effect, because the worker no longer held the job. */
  lost: number[];
  /** When the next scheduled job is due; null if there is none or nothing was requested. */
  nextDue: number | null;
}

export interface WorkerRecord {
  /** Unique, even among earlier processes. */
  id: string;
  host: string;
  pid: number;
  /** Distinguishes the process from a later one with the same pid (see process/thisProcess); null if unknown. */
  identity: string | null;
  concurrency: number;
  leaseMs: number;
  /** The types it handles; undefined if unknown. */
  types?: readonly string[];
}

export interface Heartbeat {
  worker: string;
  leaseMs: number;
}

export interface HeartbeatAnswer {
  isKnown: boolean;
  held: Held[];
}

/**
 * A worker that holds jobs. `lease` is null if it isn't registered. A lease is silent if it expired without a
 * heartbeat. It is over if this and the state of the worker's connection prove the worker dead, even to hosts that
 * cannot see its process.
 */
export interface Holder {
  id: string;
  host: string | null;
  pid: number | null;
  identity: string | null;
  concurrency: number | null;
  startedAt: number | null;
  /** The types it handles; null or undefined if unknown. */
  types?: readonly string[] | null;
  lease: { until: number; isSilent: boolean; isOver: boolean } | null;
}

export interface Watch {
  close(): void;
}
