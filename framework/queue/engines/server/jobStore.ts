import type { ClaimedJob, ClaimRequest, Held } from "../../engine";
import { byStartOrder } from "../claimedJob";
import type { Claimed, JobStore } from "../exchanges";
import { type Connection, withRetries } from "./connection";
import { type Connections, SerialConnection } from "./connections";
import { type Cursor, type Listener, type ServerDialect, start } from "./dialect";

/** Jobs in a database. Claims and settlements use different connections. */
export class ServerJobStore implements JobStore {
  readonly claims: Claims;
  readonly #claimConnection: SerialConnection;
  readonly #settleConnection: SerialConnection;

  constructor(
    connections: Connections,
    readonly dialect: ServerDialect,
    readonly listener: Listener,
  ) {
    this.claims = new Claims(dialect);
    this.#claimConnection = new SerialConnection(connections);
    this.#settleConnection = new SerialConnection(connections);
  }

  readonly claim: JobStore["claim"] = async (worker, request) => {
    const claimed = await withRetries(() =>
      this.#claimConnection.use((connection) => this.claims.claim(connection, worker, request)),
    );
    this.listener.claimed(claimed.claimed.length);
    return claimed;
  };

  readonly settle: JobStore["settle"] = (worker, settlements, progress) => {
    const work = async (connection: Connection) => {
      if (progress.length > 0) await this.dialect.note(connection, worker, inOrder(progress));
      if (settlements.length === 0) return [];
      return this.dialect.settle(connection, worker, inOrder(settlements));
    };
    return withRetries(() => this.#settleConnection.use(work));
  };

  async release(worker: string, jobs: readonly Held[]): Promise<void> {
    await withRetries(() =>
      this.#settleConnection.use((connection) => this.dialect.release(connection, worker, inOrder(jobs))),
    );
    this.claims.forget();
  }

  async close(): Promise<void> {
    await this.#claimConnection.close();
    await this.#settleConnection.close();
  }
}

/** Sorts jobs by id, because statements that lock the same rows in the same order can't deadlock. */
function inOrder<T extends Held>(jobs: readonly T[]): T[] {
  return [...jobs].sort((a, b) => a.id - b.id);
}

/**
 * How long a snapshot of the table is used, in milliseconds. During that time, a job with a higher priority may go
 * unnoticed.
 */
const memory = 250;

interface Look {
  positions: Map<string, Cursor>;
  /** When the next scheduled job is due, by this host's clock. */
  nextDueAt: number | null;
  until: number;
}

/** Claims jobs. Uses a snapshot of the table for a short time, and remembers the position of the last claimed job. */
export class Claims {
  /** The server's clock minus this host's, in milliseconds. */
  offset = 0;
  #look: Look | undefined;

  constructor(readonly dialect: Pick<ServerDialect, "look" | "take">) {}

  /** Discards the snapshot and the remembered positions. */
  forget(): void {
    this.#look = undefined;
  }

  async claim(connection: Connection, worker: string, request: ClaimRequest): Promise<Claimed> {
    const remembered = this.#remembered();
    const look = remembered ?? (await this.#lookAt(connection));
    const claimed = await this.#take(connection, worker, request, look);
    if (claimed.length === request.limit || remembered === undefined)
      return this.#claimed(claimed, request, look);
    // The table may have changed, so take a new snapshot before reporting that there are no more jobs.
    const rest = { ...request, limit: request.limit - claimed.length };
    try {
      const news = await this.#lookAt(connection);
      claimed.push(...(await this.#take(connection, worker, rest, news)));
      return this.#claimed(claimed, request, news);
    } catch (error) {
      if (claimed.length === 0) throw error;
      // Return the jobs that are already claimed instead of throwing. The next claim, which follows immediately,
      // reports the error.
      return this.#claimed(claimed, request, { ...look, nextDueAt: Date.now() });
    }
  }

  #claimed(claimed: ClaimedJob[], { limit }: ClaimRequest, { nextDueAt }: Look): Claimed {
    if (claimed.length < limit) this.forget();
    const nextDueIn = nextDueAt === null ? null : Math.max(0, nextDueAt - Date.now());
    return { claimed: claimed.sort(byStartOrder), nextDueIn };
  }

  #remembered(): Look | undefined {
    if (this.#look === undefined) return undefined;
    const { until, nextDueAt } = this.#look;
    const isFresh = performance.now() < until && (nextDueAt === null || Date.now() < nextDueAt);
    return isFresh ? this.#look : undefined;
  }

  async #lookAt(connection: Connection): Promise<Look> {
    const { positions, nextDueIn, now } = await this.dialect.look(connection);
    this.offset = now - Date.now();
    const nextDueAt = nextDueIn === null ? null : Date.now() + nextDueIn;
    this.#look = { positions, nextDueAt, until: performance.now() + memory };
    return this.#look;
  }

  async #take(
    connection: Connection,
    worker: string,
    request: ClaimRequest,
    { positions }: Look,
  ): Promise<ClaimedJob[]> {
    const wanted = [...positions].filter(([type]) => request.types?.includes(type) ?? true);
    if (wanted.length === 0) return [];
    // A job that was returned to the queue may come before the remembered position. Types with a limit start from the
    // beginning, so that their jobs keep their order.
    const from = wanted.map(
      ([type, position]) => [type, request.limits.has(type) ? start : position] as const,
    );
    const claimed = await this.dialect.take(connection, worker, request, new Map(from));
    for (const job of claimed) advance(positions, job);
    return claimed;
  }
}

function advance(positions: Map<string, Cursor>, { type, priority, id }: ClaimedJob): void {
  const [order, last] = positions.get(type) ?? start;
  if (-priority > order || (-priority === order && id > last)) positions.set(type, [-priority || 0, id]);
}
