import type { Connections, OpenConnection } from "../server/connections";

/** How often to check the connection, in milliseconds. A dead connection is noticed within two checks. */
const checkEvery = 3000;
const reopenAfter = 200;

const name = "concat('laju:', ?)";
const lock = `select get_lock(${name}, 0)`;
const unlock = `select release_lock(${name})`;
const mark = "update queue_workers set has_session = true where id = ?";
const connected = `select id, is_used_lock(concat('laju:', id)) is not null from queue_workers
  where has_session and id in (?)`;

/**
 * A connection that holds a named lock for each worker of this process. The server releases the lock when the process
 * dies, but not while the process is merely busy. If only the lease counted, a job that blocks its worker for longer
 * than the lease would be taken over by one worker after another, along with the other jobs that these workers hold.
 */
export class LockSession {
  readonly #workers = new Set<string>();
  #connection: OpenConnection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reopening: NodeJS.Timeout | undefined;
  #isBusy = false;

  constructor(readonly connections: Connections) {}

  async hold(worker: string): Promise<void> {
    this.#workers.add(worker);
    this.#timer ??= setInterval(() => void this.#check(), checkEvery);
    await this.#check();
  }

  async release(worker: string): Promise<void> {
    this.#workers.delete(worker);
    await this.#connection?.query(unlock, [worker]).catch(() => {});
    if (this.#workers.size === 0) this.close();
  }

  async areConnected(workers: readonly string[]): Promise<Map<string, boolean>> {
    if (workers.length === 0) return new Map();
    const { rows } = await this.connections.use((connection) => connection.query(connected, [workers]));
    return new Map(rows.map(([id, isConnected]) => [String(id), Number(isConnected) === 1]));
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#reopening);
    this.#timer = undefined;
    this.#drop();
  }

  /**
   * Checks the connection, and takes locks that could not be taken before because the previous connection may not have
   * released them yet.
   */
  async #check(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      if (this.#connection?.isBroken) this.#drop();
      this.#connection ??= await this.#open();
      for (const worker of this.#workers) await this.#lock(this.#connection, worker);
    } catch {
      // If the server doesn't support these locks or is unavailable, only the lease counts.
      this.#drop();
    }
    this.#isBusy = false;
  }

  async #lock(connection: OpenConnection, worker: string): Promise<void> {
    const { rows } = await connection.query(lock, [worker], checkEvery);
    if (Number(rows[0]?.[0]) === 1) await connection.query(mark, [worker]);
  }

  async #open(): Promise<OpenConnection> {
    const connection = await this.connections.open();
    const raw = connection.raw as { once(event: string, listener: () => void): void };
    for (const event of ["end", "error"]) raw.once(event, () => this.#lost(connection));
    return connection;
  }

  #lost(connection: OpenConnection): void {
    if (this.#connection !== connection) return;
    this.#drop();
    clearTimeout(this.#reopening);
    this.#reopening = setTimeout(() => void this.#check(), reopenAfter).unref();
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    // This connection holds locks, so it must not return to the pool.
    connection.cut(new Error("no longer needed"));
    void connection.release();
  }
}
