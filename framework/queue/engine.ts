import type { Knex } from "knex";
import type { JobFilter, JobRecord, JobState, QueueCounts } from "./jobRecord";

export type { JobFilter, JobRecord, JobState, QueueCounts };

/**
 * What a queue stands on: one implementation per database (engines/). An engine moves rows and says who may;
 * what a job's end means (back-off, the next cron run, limits of names) is decided before it is called.
 *
 * Times are milliseconds since the epoch and durations are milliseconds. What is relative ("in 30 s") is given as
 * a delay, so that an engine on a server can count it by the server's clock.
 */
export interface QueueEngine {
  readonly name: "sqlite" | "postgres" | "mysql" | "bullmq";
  /** How many exchanges a worker may have under way at once. */
  readonly pipeline: number;
  /** How often to look for jobs without having been woken. */
  readonly pollMs: number;
  /** The most jobs that one exchange should claim now. */
  batch(): number;
  /** How long to leave the database to others after an exchange, now. */
  restMs(): number;
  /** The time by the clock that decides what is due, where that isn't this host's. */
  now?(): number;

  push(jobs: readonly NewJob[], trx?: Knex.Transaction): Promise<Pushed[]>;
  /**
   * Cancels what `job` takes the place of (same type, user and kind, whether cron or not; not started, or started
   * before `staleMs` ago and not finished) and inserts it, in one transaction. Of many at once one stays open.
   */
  replaceMatching(job: NewJob, staleMs: number, trx?: Knex.Transaction): Promise<Replaced>;

  /** Settles what has ended, notes progress, and claims what is due: attempts are counted here. */
  exchange(request: Exchange): Promise<Exchanged>;
  /** Gives claimed jobs back unharmed: the attempt is counted as `spent`, so that no two claims share a number. */
  release(worker: string, jobs: readonly Held[]): Promise<void>;

  /** Makes the worker known, before its first claim. Once more does no harm: the first answer may have been lost. */
  register(worker: WorkerRecord): Promise<void>;
  /** Prolongs the worker's lease. Says whether the worker is still known, and which jobs are its by the store. */
  heartbeat(beat: Heartbeat): Promise<HeartbeatAnswer>;
  /** Forgets a worker that holds nothing any more. */
  unregister(worker: string): Promise<void>;
  /** All that hold jobs or may claim some: registered workers, and holders of jobs that are not registered. */
  holders(): Promise<Holder[]>;
  /**
   * Makes `by` the owner of everything that `dead` holds, and forgets `dead`; nothing happens when the lease was
   * prolonged since it was read. Each job's `crashes` is one more.
   */
  takeOver(dead: Holder, by: string): Promise<ClaimedJob[]>;

  /** The types of which jobs are ready. */
  readyTypes(): Promise<string[]>;
  /** Sets aside jobs of a type that have been ready for `idleMs`: at most about a thousand. Says how many. */
  park(type: string, idleMs: number): Promise<number>;
  /** Makes parked jobs of these types ready again: at most about a thousand. Says how many. */
  unpark(types: readonly string[]): Promise<number>;

  /** Calls back when there may be something to claim; now and then for nothing. A store that is away is heard later. */
  watch(onWake: () => void): Promise<Watch>;

  counts(): Promise<QueueCounts>;
  list(filter: JobFilter): Promise<JobRecord[]>;
  find(id: number): Promise<JobRecord | undefined>;
  /** Makes failed and cancelled jobs ready again, with all their attempts; says which. */
  retry(which: readonly number[] | "failed"): Promise<number[]>;
  /** Cancels jobs that aren't finished; a running one is aborted at its worker's next heartbeat. Says which. */
  cancel(ids: readonly number[]): Promise<number[]>;
  /** Stops claims of a type, or of all with "*", by all workers. */
  pause(type: string): Promise<void>;
  resume(type: string): Promise<void>;
  paused(): Promise<string[]>;
  /**
   * Deletes completed jobs whose own time of removal has come, and finished ones without such a time that ended
   * `keepMs` ago or earlier; at most about `limit` at a time. Says how many: 0 when there is nothing more to delete.
   * Failed and cancelled jobs have no time of removal, whatever their `removeDelay`.
   */
  prune(keepMs: number, limit: number): Promise<number>;

  close(): Promise<void>;
}

/** How often a scheduled job is attempted: as often as its handler declares, else once; or once in any case. */
export type RetryPolicy = "handler" | "never";

/** A job as it is queued, checked and encoded. */
export interface NewJob {
  type: string;
  userId: number | null;
  /** JSON. */
  data: string;
  /** Higher first. */
  priority: number;
  /** Undefined: at once. */
  when?: { at: number } | { in: number };
  /** At most one unfinished job has this key; the type is part of it. */
  uniqueKey?: string;
  cron?: { expression: string; timezone: string };
  /** Undefined: the handler's attempts, else the default for jobs that are pushed. */
  retryPolicy?: RetryPolicy;
  /** A failed job is queued again this long after; undefined: it is not. */
  rescheduleDelay?: number;
  /** The job that this one is a new attempt or the next run of. */
  rescheduledFromJob?: number;
  /** Deleted so long after it succeeded. */
  removeDelay?: number;
}

/** `isNew` is false when another unfinished job has its key, which is then the one named. */
export interface Pushed {
  id: number;
  isNew: boolean;
}

export interface Replaced {
  id: number;
  cancelled: number[];
}

/**
 * A job and which attempt of it: what a worker must hold to settle it. A store that was restored from an older copy, or
 * failed over to a server that lacked the latest writes, gives the same ids again: when a job was queued tells them apart.
 */
export interface Held {
  id: number;
  attempt: number;
  createdAt: number | null;
}

/** Unlike that of any other claim, also of a job that got the same id in a store that was restored from an older copy. */
export function heldKey({ id, attempt, createdAt }: Held): string {
  return `${id} ${attempt} ${createdAt}`;
}

export function isSameClaim(one: Held, other: Held): boolean {
  return one.id === other.id && one.attempt === other.attempt && one.createdAt === other.createdAt;
}

/** What a job's claim is known by, without what the job carries. */
export function heldOf({ id, attempt, createdAt }: Held): Held {
  return { id, attempt, createdAt };
}

export interface ClaimedJob extends Held {
  type: string;
  userId: number | null;
  /** JSON. */
  data: string | null;
  /** Claims that count for nothing: before somebody queued it again by hand, or given back. */
  spent: number;
  /** How often a worker died while it held this job. */
  crashes: number;
  priority: number;
  /** Known of cron jobs, and of others that have something rare. */
  due: number | null;
  cron: { expression: string; timezone: string } | null;
  retryPolicy: RetryPolicy | null;
  rescheduleDelay: number | null;
  rescheduledFromJob: number | null;
  removeDelay: number | null;
}

/** What became of an attempt. `next` is inserted in the same transaction, if the worker still held the job. */
export type Settlement = Held &
  (
    | { state: "completed"; result: string | null; error?: string; next?: NewJob }
    | { state: "failed"; error: string; next?: NewJob }
    | { state: "retry"; error: string; delay: number }
  );

export interface Exchange {
  worker: string;
  settle: readonly Settlement[];
  /** JSON by job. */
  progress: readonly (Held & { value: string })[];
  claim: ClaimRequest | null;
}

export interface ClaimRequest {
  limit: number;
  /** Undefined: every type. A worker names those that it has handlers for. */
  types?: readonly string[];
  /** How many jobs of a type may be claimed at one time by all workers together. */
  limits: ReadonlyMap<string, number>;
}

export interface Exchanged {
  /** In the order in which they are to be started. */
  claimed: ClaimedJob[];
  /** Settlements that changed nothing, because the worker didn't hold the job any more. */
  lost: number[];
  /** When the next scheduled job is due; null: none is, or nothing was claimed. */
  nextDue: number | null;
}

export interface WorkerRecord {
  /** Unlike any other, also of earlier processes. */
  id: string;
  host: string;
  pid: number;
  /** See runs/thisProcess: tells the process from a later one of the same pid; null where that is unknown. */
  identity: string | null;
  concurrency: number;
  leaseMs: number;
  /** The types that it takes; undefined: not known. */
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
 * Who holds jobs. `lease` is null for one that isn't registered. It is silent after it went by without a heartbeat, and
 * over when its holder is taken for dead where nobody can see the process: its connection counts as well.
 */
export interface Holder {
  id: string;
  host: string | null;
  pid: number | null;
  identity: string | null;
  concurrency: number | null;
  startedAt: number | null;
  /** The types that it takes; null or undefined where it doesn't say. */
  types?: readonly string[] | null;
  lease: { until: number; isSilent: boolean; isOver: boolean } | null;
}

export interface Watch {
  close(): void;
}
