import type {
  ClaimedJob,
  ClaimRequest,
  Exchange,
  Held,
  NewJob,
  Pushed,
  QueueEngine,
  Replaced,
  Settlement,
  Watch,
} from "../../engine";
import type { Connection, Driver } from "./connection";
import type { Connections } from "./connections";

/** The differences between PostgreSQL and MySQL. */
export interface ServerDialect extends Pick<QueueEngine, "name" | "pollMs"> {
  driver: Driver;
  /** SQL to run once on each of the queue's own connections. */
  prepare?: string;
  /**
   * SQL for the server's clock in milliseconds since the epoch. This clock decides what is due and which leases are
   * over.
   */
  now: string;
  /** SQL that returns a row if the jobs table has the columns of this release. */
  isCurrentSql: string;
  /** SQL for the columns of a claimed job, which `toClaimed` reads. */
  columns(isCurrent: boolean): string;

  /** Inserts jobs. With `notifies`, also wakes listening workers on commit. */
  insert(connection: Connection, jobs: readonly NewJob[], notifies: boolean): Promise<Pushed[]>;
  /** Does what `replaceMatching` of QueueEngine does. Must be called within a transaction. */
  replace(connection: Connection, job: NewJob, staleMs: number): Promise<Replaced>;
  /** Makes due jobs ready, then takes a snapshot of the table. */
  look(connection: Connection): Promise<Snapshot>;
  /** Claims at most `request.limit` of the jobs after these positions, in any order. */
  take(
    connection: Connection,
    worker: string,
    request: ClaimRequest,
    positions: ReadonlyMap<string, Cursor>,
  ): Promise<ClaimedJob[]>;
  note(connection: Connection, worker: string, progress: Exchange["progress"]): Promise<void>;
  /** Settles these jobs, all or none of them. Returns the ids of jobs that the worker no longer held. */
  settle(connection: Connection, worker: string, settlements: readonly Settlement[]): Promise<number[]>;
  release(connection: Connection, worker: string, jobs: readonly Held[]): Promise<void>;
  /** The jobs that the worker holds according to the table. */
  held(connection: Connection, worker: string): Promise<Held[]>;
  readyTypes(connection: Connection): Promise<string[]>;
  park(connection: Connection, type: string, idleMs: number): Promise<number>;
  unpark(connection: Connection, types: readonly string[]): Promise<number>;
  /**
   * Wakes the workers of other processes when jobs are pushed. The first push notifies at once. Further pushes are
   * combined into one notification a moment later.
   */
  notifier(connections: Connections): Notifier;
  listener(connections: Connections): Listener;
}

export interface Notifier {
  /** Whether a push should notify immediately. If not, call `pushed`, which notifies a moment later. */
  isDue(): boolean;
  /** Notifies a moment later, about jobs that were pushed without a notification. */
  pushed(): void;
  close(): void;
}

export interface Listener {
  /** Shows other processes that this worker is alive, for as long as this process is connected. */
  hold(worker: string): Promise<void>;
  release(worker: string): Promise<void>;
  watch(onWake: () => void): Promise<Watch>;
  close?(): void;
  /** Reports how many jobs a claim found. */
  claimed(count: number): void;
  /** Whether each of these workers is still connected; undefined if the server can't tell. */
  areConnected(workers: readonly string[]): Promise<Map<string, boolean>>;
}

/**
 * The position of the last claimed job of a type. A search that starts there doesn't have to scan the dead index
 * entries of earlier jobs.
 */
export type Cursor = [order: number, id: number];

/** The position before all jobs. */
export const start: Cursor = [-2_147_483_648, -1];

/** The state of the whole table. */
export interface Snapshot {
  /** The types that have ready jobs, each with a position before all of its ready jobs. */
  positions: Map<string, Cursor>;
  /** How long until the next scheduled job is due, in milliseconds. Jobs that are due already have been made ready. */
  nextDueIn: number | null;
  /** The server's clock. */
  now: number;
}
