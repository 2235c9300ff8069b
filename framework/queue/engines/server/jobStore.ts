import type { ClaimedJob, ClaimRequest, Held } from "../../engine";
import { byTurn } from "../claimedJob";
import type { Claimed, JobStore } from "../exchanges";
import { type Connection, withRetries } from "./connection";
import { type Connections, SerialConnection } from "./connections";
import { type Listener, type Place, type ServerDialect, start } from "./dialect";

/** The jobs in a database: claims use one connection, settlements another. */
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

/** Two that lock the same rows in the same order do not block each other. */
function inOrder<T extends Held>(jobs: readonly T[]): T[] {
  return [...jobs].sort((a, b) => a.id - b.id);
}

/** What is known of the table is used for so long, in milliseconds: a higher priority is seen at the latest then. */
const memory = 250;

interface Look {
  places: Map<string, Place>;
  /** By this host's own clock. */
  nextDueAt: number | null;
  until: number;
}

/** Claims, and remembers for a moment what it saw and where it has got to. */
export class Claims {
  /** The server's clock less this host's, in milliseconds. */
  offset = 0;
  #look: Look | undefined;

  constructor(readonly dialect: Pick<ServerDialect, "look" | "take">) {}

  /** What was known of the table holds no more. */
  forget(): void {
    this.#look = undefined;
  }

  async claim(connection: Connection, worker: string, request: ClaimRequest): Promise<Claimed> {
    const remembered = this.#remembered();
    const look = remembered ?? (await this.#lookAt(connection));
    const claimed = await this.#take(connection, worker, request, look);
    if (claimed.length === request.limit || remembered === undefined)
      return this.#claimed(claimed, request, look);
    // It may have changed meanwhile: that there is no more is said only after a look.
    const rest = { ...request, limit: request.limit - claimed.length };
    try {
      const news = await this.#lookAt(connection);
      claimed.push(...(await this.#take(connection, worker, rest, news)));
      return this.#claimed(claimed, request, news);
    } catch (error) {
      if (claimed.length === 0) throw error;
      // These are claimed: they must be handed out. The next claim, at once, will say what is wrong.
      return this.#claimed(claimed, request, { ...look, nextDueAt: Date.now() });
    }
  }

  #claimed(claimed: ClaimedJob[], { limit }: ClaimRequest, { nextDueAt }: Look): Claimed {
    if (claimed.length < limit) this.forget();
    const nextDueIn = nextDueAt === null ? null : Math.max(0, nextDueAt - Date.now());
    return { claimed: claimed.sort(byTurn), nextDueIn };
  }

  #remembered(): Look | undefined {
    if (this.#look === undefined) return undefined;
    const { until, nextDueAt } = this.#look;
    const isFresh = performance.now() < until && (nextDueAt === null || Date.now() < nextDueAt);
    return isFresh ? this.#look : undefined;
  }

  async #lookAt(connection: Connection): Promise<Look> {
    const { places, nextDueIn, now } = await this.dialect.look(connection);
    this.offset = now - Date.now();
    const nextDueAt = nextDueIn === null ? null : Date.now() + nextDueIn;
    this.#look = { places, nextDueAt, until: performance.now() + memory };
    return this.#look;
  }

  async #take(
    connection: Connection,
    worker: string,
    request: ClaimRequest,
    { places }: Look,
  ): Promise<ClaimedJob[]> {
    const wanted = [...places].filter(([type]) => request.types?.includes(type) ?? true);
    if (wanted.length === 0) return [];
    // What was given back stands before the others' places. Where one runs at a time its order is kept.
    const from = wanted.map(([type, place]) => [type, request.limits.has(type) ? start : place] as const);
    const claimed = await this.dialect.take(connection, worker, request, new Map(from));
    for (const job of claimed) advance(places, job);
    return claimed;
  }
}

function advance(places: Map<string, Place>, { type, priority, id }: ClaimedJob): void {
  const [order, last] = places.get(type) ?? start;
  if (-priority > order || (-priority === order && id > last)) places.set(type, [-priority || 0, id]);
}
