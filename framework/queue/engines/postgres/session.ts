import { logWarn } from "../../../services/Logger";
import type { Watch } from "../../engine";
import type { Connections, OpenConnection } from "../server/connections";
import type { Listener } from "../server/dialect";
import { lockSpace, type PostgresClient } from "./driver";
import { channel } from "./insert";

/** The polling interval while no notifications arrive, in milliseconds. */
const pollEvery = 250;
/** How often to check the connection, in milliseconds. A dead connection is noticed within two checks. */
const checkEvery = 3000;
const reopenAfter = 200;
/**
 * How long to wait before trying to listen again, in milliseconds: a pooler that doesn't forward notifications is
 * unlikely to start doing so soon.
 */
const listenAgainAfter = 60_000;
const hearWithin = 1500;

const lock = `select pg_try_advisory_lock(${lockSpace}, hashtext('worker ' || $1::text))`;
const unlock = `select pg_advisory_unlock(${lockSpace}, hashtext('worker ' || $1::text))`;
const mark = "update queue_workers set has_session = true where id = $1";
const connected = `select w.id, exists (select from pg_locks l where l.locktype = 'advisory' and l.granted
    and l.database = (select oid from pg_database where datname = current_database())
    and l.classid = ${lockSpace} and l.objid = (hashtext('worker ' || w.id)::bigint & 4294967295)::oid)
  from queue_workers w where w.has_session and w.id = any($1)`;

/**
 * A connection that only listens, and holds a lock for each worker of this process. The server releases the locks within
 * milliseconds after the process is killed.
 */
export class Session implements Listener {
  #connection: OpenConnection | undefined;
  readonly #workers = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #timers: NodeJS.Timeout[] = [];
  #isPolling = false;
  #isChecking = false;
  #token = 0;
  #onToken: ((payload: string) => void) | undefined;

  constructor(readonly connections: Connections) {}

  async hold(worker: string): Promise<void> {
    this.#workers.add(worker);
    if (this.#connection !== undefined) await this.#lock(this.#connection, worker);
  }

  async release(worker: string): Promise<void> {
    this.#workers.delete(worker);
    await this.#connection?.query(unlock, [worker]).catch(() => {});
  }

  async watch(onWake: () => void): Promise<Watch> {
    this.#listeners.add(onWake);
    if (this.#listeners.size === 1) await this.#begin();
    return {
      close: () => {
        this.#listeners.delete(onWake);
        if (this.#listeners.size === 0) this.#end();
      },
    };
  }

  claimed(): void {}

  async areConnected(workers: readonly string[]): Promise<Map<string, boolean>> {
    if (workers.length === 0) return new Map();
    const { rows } = await this.connections.use((connection) => connection.query(connected, [workers]));
    return new Map(rows as [string, boolean][]);
  }

  async #begin(): Promise<void> {
    this.#timers = [setInterval(() => this.#check(), checkEvery), setInterval(() => this.#poll(), pollEvery)];
    await this.#open();
  }

  #end(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    // This connection listens, so it must not return to the pool.
    connection.cut(new Error("no longer needed"));
    void connection.release();
  }

  get #isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  readonly #wake = (): void => {
    for (const listener of this.#listeners) listener();
  };

  #poll(): void {
    if (this.#connection === undefined) this.#wake();
  }

  async #open(): Promise<void> {
    let connection: OpenConnection | undefined;
    try {
      connection = await this.connections.open();
      if (await this.#prepare(connection)) {
        await this.#use(connection);
        return;
      }
      this.#pollInstead("the server's notifications do not arrive, as behind a pooler");
    } catch (error) {
      if (error.severity === "ERROR") this.#pollInstead(error.message);
      else this.#later(reopenAfter);
    }
    connection?.cut(new Error("it receives no notifications"));
    await connection?.release();
  }

  async #prepare(connection: OpenConnection): Promise<boolean> {
    const client = connection.raw as PostgresClient;
    client.on("notification", ({ payload = "" }) =>
      payload === "" ? this.#wake() : this.#onToken?.(payload),
    );
    const { rows } = await connection.query(`select ${channel}`);
    await connection.query(`listen ${rows[0][0]}`);
    // Makes the server notice a vanished host, and release that host's locks, within half a minute instead of two
    // hours.
    await connection.query(
      "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3",
    );
    return this.#receivesNotifications();
  }

  /**
   * Whether notifications from other connections arrive. Sends one on another connection, because behind a pooler a
   * connection may receive only its own.
   */
  async #receivesNotifications(): Promise<boolean> {
    const token = `${process.pid}.${++this.#token}`;
    let timer: NodeJS.Timeout | undefined;
    const heard = new Promise<boolean>((resolve) => {
      this.#onToken = (payload) => payload === token && resolve(true);
      timer = setTimeout(resolve, hearWithin, false);
    });
    await this.connections.use((other) => other.query(`select pg_notify(${channel}, $1)`, [token]));
    return heard.finally(() => clearTimeout(timer));
  }

  async #use(connection: OpenConnection): Promise<void> {
    if (!this.#isWatched) {
      connection.cut(new Error("no longer needed"));
      return connection.release();
    }
    this.#connection = connection;
    this.#isPolling = false;
    (connection.raw as PostgresClient).on("end", () => this.#lost(connection));
    for (const worker of this.#workers) await this.#lock(connection, worker);
    // Jobs may have been queued while the connection was not listening.
    this.#wake();
  }

  async #lock(connection: OpenConnection, worker: string): Promise<void> {
    // If the lost connection still holds the lock, this fails, and the next check tries again.
    const { rows } = await connection.query(lock, [worker]);
    if (rows[0][0] === true) await connection.query(mark, [worker]);
  }

  #lost(connection: OpenConnection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    void connection.release();
    this.#later(reopenAfter);
  }

  #later(milliseconds: number): void {
    if (this.#isWatched)
      this.#timers.push(setTimeout(() => this.#isWatched && void this.#open(), milliseconds));
  }

  #pollInstead(reason: string): void {
    if (!this.#isPolling)
      logWarn("PostgreSQL delivers no notifications (LISTEN), so the queue polls four times a second", {
        reason,
      });
    this.#isPolling = true;
    this.#later(listenAgainAfter);
  }

  /** Cuts the connection if a query isn't answered. */
  async #check(): Promise<void> {
    if (this.#isChecking || this.#connection === undefined) return;
    this.#isChecking = true;
    await this.#connection.query("select 1", undefined, checkEvery).catch(() => {});
    this.#isChecking = false;
  }
}
