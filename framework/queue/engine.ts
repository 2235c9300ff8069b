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
 * The storage of a queue, with one implementation per database (engines/). An engine changes rows and checks which
 * worker owns them. Its callers decide what follows when a job ends (back-off, the next cron run, limits). Times are
 * milliseconds since the epoch, and durations are milliseconds. A relative time ("in 30 s") is passed as a delay, so
 * that an engine on a server can use the server's clock.
 */
export interface QueueEngine {
  readonly name: "sqlite" | "postgres" | "mysql" | "bullmq";
  /** How many calls of exchange() a worker may have in flight at once. */
  readonly pipeline: number;
  /** How often the worker polls for jobs if nothing wakes it, in milliseconds. */
  readonly pollMs: number;
  /**
   * How long other workers leave a worker's jobs alone after its last heartbeat, in milliseconds. They take over sooner
   * only if they can see that its process is gone.
   */
  readonly safeMs: number;
  /** The maximum number of jobs that the next exchange should claim. */
  batch(): number;
  /** How long to leave the database to other processes after an exchange, in milliseconds. */
  restMs(): number;
  /** The time on the clock that decides what is due, if it isn't this host's clock. */
  now?(): number;

  push(jobs: readonly NewJob[], trx?: Knex.Transaction): Promise<Pushed[]>;
  /**
   * In one transaction, inserts `job` and cancels the jobs that it replaces: those of the same type and user that have
   * not started, or that started more than `staleMs` ago and have not finished. A cron job replaces only cron jobs, and
   * any other job only jobs that aren't cron jobs. Even after concurrent calls, only one such job is unfinished.
   */
  replaceMatching(job: NewJob, staleMs: number, trx?: Knex.Transaction): Promise<Replaced>;

  /** Settles ended jobs, stores progress and claims due jobs. A claim counts as an attempt. */
  exchange(request: Exchange): Promise<Exchanged>;
  /**
   * Returns claimed jobs to the queue. Increments `spent`, so that the attempt doesn't count and the next claim still
   * gets a new number.
   */
  release(worker: string, jobs: readonly Held[]): Promise<void>;

  /**
   * Registers the worker, before its first claim. Can be called again if it is unclear whether the first call
   * succeeded.
   */
  register(worker: WorkerRecord): Promise<void>;
  /**
   * Extends the worker's lease. Returns whether the worker is still registered, and which jobs it holds according to
   * the store.
   */
  heartbeat(beat: Heartbeat): Promise<HeartbeatAnswer>;
  /** Removes a worker that no longer holds any jobs. */
  unregister(worker: string): Promise<void>;
  /** All workers that hold jobs or may claim some: the registered ones, and unregistered ones that hold jobs. */
  holders(): Promise<Holder[]>;
  /**
   * Removes the worker `dead`, and returns its jobs to the queue. The jobs that `judge` blames are transferred to the
   * worker `by` instead, and are this call's result. Each job's `crashes` is incremented before it is judged. Does
   * nothing if the lease was extended since it was read. All this is one transaction. Otherwise, if `by` died between
   * taking over the jobs and judging them, the next worker would look them up in the log of `by`, which never started
   * them. `judge` may be called more than once.
   */
  takeOver(dead: Holder, by: string, judge: Judge): Promise<ClaimedJob[]>;

  /** The types that have ready jobs. */
  readyTypes(): Promise<string[]>;
  /** Parks jobs of a type that have been ready for `idleMs`, at most about a thousand. Returns how many it parked. */
  park(type: string, idleMs: number): Promise<number>;
  /** Makes parked jobs of these types ready again, at most about a thousand. Returns how many it changed. */
  unpark(types: readonly string[]): Promise<number>;

  /**
   * Calls `onWake` when there may be jobs to claim, though sometimes there are none. Reconnects after the store was
   * unavailable.
   */
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
   * `keepMs` ago. Deletes at most about `limit` jobs, and returns how many: 0 if nothing is left to delete. Failed and
   * canceled jobs never have a removal time, even if they have a `removeDelay`.
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
  /** The job's data as JSON. */
  data: string;
  /** Jobs with a higher priority start first. */
  priority: number;
  /** When the job is due (default: now). */
  when?: { at: number } | { in: number };
  /** At most one unfinished job has this key, which includes the type. */
  uniqueKey?: string;
  cron?: { expression: string; timezone: string };
  /** If undefined, the job gets as many attempts as its handler declares, or else the default for pushed jobs. */
  retryPolicy?: RetryPolicy;
  /** After its last attempt fails, the job is queued again with this delay. If undefined, it isn't. */
  rescheduleDelay?: number;
  /** The job that this one follows: a failed job that is queued again, or the cron job's previous run. */
  rescheduledFromJob?: number;
  /** How long after the job has succeeded to delete it. */
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
 * A claim: a job and the number of the attempt. Only the worker that holds this attempt can settle the job. `createdAt`
 * is included because a store that was restored from an older copy, or failed over to a server without the latest
 * writes, may assign the same ids again.
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

/** The identity of a claim, without the job's data. */
export function heldOf({ id, attempt, createdAt }: Held): Held {
  return { id, attempt, createdAt };
}

export interface ClaimedJob extends Held {
  type: string;
  userId: number | null;
  /** The job's data as JSON. */
  data: string | null;
  /**
   * The number of claims that don't count as attempts: those that were returned to the queue, and those from before the
   * job was retried by hand.
   */
  spent: number;
  /** How often a worker died while it held this job. */
  crashes: number;
  priority: number;
  /** When the job was due. Read only for cron jobs and jobs with a rarely used field; otherwise null. */
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
  /** The new owner settles these jobs. */
  blamed: readonly ClaimedJob[];
  /** These jobs return to the queue, but the attempt counts. */
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
  /** The progress of jobs, each as JSON. */
  progress: readonly (Held & { value: string })[];
  claim: ClaimRequest | null;
}

export interface ClaimRequest {
  limit: number;
  /** The types to claim (default: every type). A worker passes the types for which it has handlers. */
  types?: readonly string[];
  /** How many jobs of a type all workers together may hold at a time. */
  limits: ReadonlyMap<string, number>;
}

export interface Exchanged {
  /** The claimed jobs in the order in which to start them. */
  claimed: ClaimedJob[];
  /** The ids of settlements that had no effect, because the worker no longer held the job. */
  lost: number[];
  /** When the next scheduled job is due; null if there is none, or if the exchange made no claim. */
  nextDue: number | null;
}

export interface WorkerRecord {
  /** No two processes ever have the same id. */
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
 * A worker that holds jobs or may claim some. `lease` is null if the worker isn't registered. `isSilent` means that the
 * lease expired without a heartbeat. `isOver` means that the state of the worker's connection also shows that the
 * worker is dead, even to hosts that cannot see its process.
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
