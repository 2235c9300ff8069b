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

/** Where PostgreSQL and MySQL differ. */
export interface ServerDialect extends Pick<QueueEngine, "name" | "pollMs"> {
  driver: Driver;
  /** SQL run once on each of the queue's own connections. */
  prepare?: string;
  /**
   * SQL: the server's clock, in milliseconds since the epoch. It decides what is due and which leases are
   * over.
   */
  now: string;
  /** SQL: has a row if the jobs table has the columns of this release. */
  isCurrentSql: string;
  /** SQL: the columns of a claimed job, see `toClaimed`. */
  columns(isCurrent: boolean): string;

  /** Inserts jobs. With `isTold`, also wakes listening workers on commit. */
  insert(connection: Connection, jobs: readonly NewJob[], isTold: boolean): Promise<Pushed[]>;
  /** Within an open transaction. */
  replace(connection: Connection, job: NewJob, staleMs: number): Promise<Replaced>;
  /** Makes due jobs ready, then looks at the whole table. */
  look(connection: Connection): Promise<Sight>;
  /** Claims at most `request.limit` of the jobs after these places, in any order. */
  take(
    connection: Connection,
    worker: string,
    request: ClaimRequest,
    places: ReadonlyMap<string, Cursor>,
  ): Promise<ClaimedJob[]>;
  note(connection: Connection, worker: string, progress: Exchange["progress"]): Promise<void>;
  /** All or nothing. Returns the ids of jobs that the worker no longer held. */
  settle(connection: Connection, worker: string, settlements: readonly Settlement[]): Promise<number[]>;
  release(connection: Connection, worker: string, jobs: readonly Held[]): Promise<void>;
  /** The jobs that the worker holds according to the table. */
  held(connection: Connection, worker: string): Promise<Held[]>;
  readyTypes(connection: Connection): Promise<string[]>;
  park(connection: Connection, type: string, idleMs: number): Promise<number>;
  unpark(connection: Connection, types: readonly string[]): Promise<number>;
  /**
   * Wakes other processes' workers: immediately the first time, then once for everything that was announced
   * in between.
   */
  notifier(connections: Connections): Notifier;
  listener(connections: Connections): Listener;
}

export interface Notifier {
  /** Whether a push should notify by itself. If not, `tell` notifies a moment later. */
  isDue(): boolean;
  /** Something was pushed without a notification. */
  tell(): void;
  close(): void;
}

export interface Listener {
  /** Shows other processes that this worker is alive, for as long as this process is connected. */
  hold(worker: string): Promise<void>;
  release(worker: string): Promise<void>;
  watch(onWake: () => void): Promise<Watch>;
  close?(): void;
  /** How many jobs a claim found. */
  claimed(count: number): void;
  /** Whether each of these workers is still connected; undefined if that can't be known. */
  areConnected(workers: readonly string[]): Promise<Map<string, boolean>>;
}

/**
 * How far a type's claims have got. The jobs before it are claimed, and may still occupy dead index entries.
 */
export type Cursor = [order: number, id: number];

/** The place before all others. */
export const start: Cursor = [-2_147_483_648, -1];

/** The result of looking at the whole table. */
export interface Sight {
  /** The types that have ready jobs, each with a place before all of them. */
  places: Map<string, Cursor>;
  /**
   * How long until the next scheduled job is due, in milliseconds. Measured after due jobs were made ready.
   */
  nextDueIn: number | null;
  /** The server's clock. */
  now: number;
}
