import type { Watch } from "../../engine";
import type { Connections } from "../server/connections";
import type { Listener } from "../server/dialect";
import { LockSession } from "./lockSession";

const soonest = 50;
const latest = 2000;
const growth = 1.3;

const hasReady = "select exists (select 1 from jobs force index (jobs_ready) where status = 'pending')";

/** Polls the table, because MySQL has no notifications: often while there is work, rarely while there is none. */
export class Polling implements Listener {
  readonly #listeners = new Set<() => void>();
  #pause = soonest;
  #timer: NodeJS.Timeout | undefined;
  /**
   * Whether the last claim got none of the ready jobs, because these workers don't handle their types. Polling is then
   * slow.
   */
  #foundNothing = false;

  readonly #session: LockSession;

  constructor(readonly connections: Connections) {
    this.#session = new LockSession(connections);
  }

  hold(worker: string): Promise<void> {
    return this.#session.hold(worker);
  }

  release(worker: string): Promise<void> {
    return this.#session.release(worker);
  }

  areConnected(workers: readonly string[]): Promise<Map<string, boolean>> {
    return this.#session.areConnected(workers);
  }

  close(): void {
    this.#session.close();
  }

  async watch(onWake: () => void): Promise<Watch> {
    this.#listeners.add(onWake);
    if (this.#listeners.size === 1) this.#wait();
    return {
      close: () => {
        this.#listeners.delete(onWake);
        if (this.#listeners.size === 0) clearTimeout(this.#timer);
      },
    };
  }

  claimed(count: number): void {
    this.#foundNothing = count === 0;
    if (count > 0) this.#pause = soonest;
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#look(), this.#pause);
  }

  async #look(): Promise<void> {
    try {
      const { rows } = await this.connections.use((connection) => connection.query(hasReady));
      const isReady = rows[0][0] === 1;
      this.#pause = isReady && !this.#foundNothing ? soonest : Math.min(latest, this.#pause * growth);
      if (isReady) for (const listener of this.#listeners) listener();
    } catch {
      // Ignore the error, because the worker's own exchanges report problems with the database.
      this.#pause = soonest * 10;
    }
    if (this.#listeners.size > 0) this.#wait();
  }
}
