import type { ClaimedJob, ClaimRequest } from "../../engine";
import type { Claimed } from "../claimed";
import { byTurn } from "../turn";
import type { Connection } from "./connection";
import type { Place, ServerDialect } from "./dialect";

/** What is known of the table is used for so long, in milliseconds: a higher priority is seen at the latest then. */
const memory = 250;

export const start: Place = [-2_147_483_648, -1];

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
