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

/** What PostgreSQL and MySQL do each in its own way. */
export interface ServerDialect extends Pick<QueueEngine, "name" | "pollMs"> {
  driver: Driver;
  /** SQL: said once on each connection of the queue's own. */
  prepare?: string;
  /** SQL: the server's clock, in milliseconds since the epoch. Who is due and whose lease is over is its word. */
  now: string;
  /** SQL: has a row if the jobs table has the columns of this release. */
  isCurrentSql: string;
  /** SQL: the columns of a claimed job, see `toClaimed`. */
  columns(isCurrent: boolean): string;

  /** Inserts; `isTold`: and wakes who listens, with the commit. */
  insert(connection: Connection, jobs: readonly NewJob[], isTold: boolean): Promise<Pushed[]>;
  /** Within an open transaction. */
  replace(connection: Connection, job: NewJob, staleMs: number): Promise<Replaced>;
  /** Looks at the whole table, after what is due is ready. */
  look(connection: Connection): Promise<Sight>;
  /** Claims at most `request.limit` of what stands after these places; in any order. */
  take(
    connection: Connection,
    worker: string,
    request: ClaimRequest,
    places: ReadonlyMap<string, Place>,
  ): Promise<ClaimedJob[]>;
  note(connection: Connection, worker: string, progress: Exchange["progress"]): Promise<void>;
  /** All or nothing. Returns the ids of jobs that the worker did not hold any more. */
  settle(connection: Connection, worker: string, settlements: readonly Settlement[]): Promise<number[]>;
  release(connection: Connection, worker: string, jobs: readonly Held[]): Promise<void>;
  /** What the table says that a worker holds. */
  held(connection: Connection, worker: string): Promise<Held[]>;
  readyTypes(connection: Connection): Promise<string[]>;
  park(connection: Connection, type: string, idleMs: number): Promise<number>;
  unpark(connection: Connection, types: readonly string[]): Promise<number>;
  /** Wakes other processes' workers: at once, and again soon for all that was told meanwhile. */
  notifier(connections: Connections): Notifier;
  listener(connections: Connections): Listener;
}

export interface Notifier {
  /** Whether a push shall tell by itself; if not, it is told a moment later. */
  isDue(): boolean;
  /** Something was pushed that told nobody. */
  tell(): void;
  close(): void;
}

export interface Listener {
  /** A worker that others shall know to be alive for as long as this process is connected. */
  hold(worker: string): Promise<void>;
  letGo(worker: string): Promise<void>;
  watch(onWake: () => void): Promise<Watch>;
  close?(): void;
  /** A claim found so many jobs. */
  claimed(count: number): void;
  /** Whether the connection behind each of these workers is there still; undefined where that is not known. */
  areConnected(workers: readonly string[]): Promise<Map<string, boolean>>;
}

/** Where a type's claims have got to: what stands before was claimed, and may lie dead in the index. */
export type Place = [order: number, id: number];

/** The place before all others. */
export const start: Place = [-2_147_483_648, -1];

/** What a look at the whole table sees. */
export interface Sight {
  /** The types that have something ready, and for each a place before all of it. */
  places: Map<string, Place>;
  /** How long until the next scheduled job is due, in milliseconds; it is after what was due is ready. */
  nextDueIn: number | null;
  /** The server's clock. */
  now: number;
}
