import type { ClaimRequest, Exchange, Exchanged, Held, Settlement } from "../../engine";
import { pushedHere } from "../../pushedHere";
import type { Connection, Connections } from "./connections";
import type { Claimed, Claims, Hearing, ServerDialect } from "./dialect";
import { withRetries } from "./errors";
import { Holdings } from "./holdings";
import { Lane } from "./lane";

const nothing: Claimed = { claimed: [], nextDueIn: null };

/** Settling and claiming, each on a connection of its own: the next jobs come while the last are written down. */
export class Exchanges {
  readonly claims: Claims;
  readonly holdings = new Holdings();
  readonly #claimLane: Lane;
  readonly #settleLane: Lane;
  /** Settlements whose answer was lost: they may have been made. */
  readonly #unanswered = new Set<string>();

  constructor(
    connections: Connections,
    readonly dialect: ServerDialect,
    readonly hearing: Hearing,
  ) {
    this.claims = dialect.claims();
    this.#claimLane = new Lane(connections);
    this.#settleLane = new Lane(connections);
  }

  async exchange({ worker, settle, progress, claim }: Exchange): Promise<Exchanged> {
    const hasNews = settle.length + progress.length > 0;
    const [settled, claimed] = await Promise.allSettled([
      hasNews ? this.#settle(worker, settle, progress) : [],
      claim !== null && claim.limit > 0 ? this.#claim(worker, claim) : nothing,
    ]);
    if (claimed.status === "rejected") this.holdings.doubt(worker);
    if (settled.status === "rejected") {
      // What was claimed meanwhile goes back: the worker will not hear of it.
      if (claimed.status === "fulfilled") this.#unhand(worker, claimed.value);
      throw settled.reason;
    }
    if (claimed.status === "rejected") {
      if (!hasNews) throw claimed.reason;
      // What is settled must not be settled again. The next claim, alone, will say what is wrong.
      setTimeout(pushedHere, 100);
      return { claimed: [], lost: settled.value, nextDue: null };
    }
    const { nextDueIn } = claimed.value;
    const nextDue = nextDueIn === null ? null : Date.now() + nextDueIn;
    return { claimed: claimed.value.claimed, lost: settled.value, nextDue };
  }

  async release(worker: string, jobs: readonly Held[]): Promise<void> {
    await withRetries(() =>
      this.#settleLane.use((connection) => this.dialect.release(connection, worker, inOrder(jobs))),
    );
    this.holdings.ended(worker, jobs);
    this.claims.forget();
  }

  async close(): Promise<void> {
    await this.#claimLane.close();
    await this.#settleLane.close();
  }

  async #settle(
    worker: string,
    settlements: readonly Settlement[],
    progress: Exchange["progress"],
  ): Promise<number[]> {
    const work = async (connection: Connection) => {
      if (progress.length > 0) await this.dialect.note(connection, worker, inOrder(progress));
      if (settlements.length === 0) return [];
      return this.dialect.settle(connection, worker, inOrder(settlements));
    };
    try {
      const lost = await withRetries(() => this.#settleLane.use(work));
      this.holdings.ended(worker, settlements);
      return this.#reallyLost(settlements, lost);
    } catch (error) {
      for (const { id, attempt } of settlements) this.#unanswered.add(`${id} ${attempt}`);
      throw error;
    }
  }

  /** What could be settled twice only because the first answer was lost is not lost. */
  #reallyLost(settlements: readonly Settlement[], lost: number[]): number[] {
    if (this.#unanswered.size === 0) return lost;
    const twice = settlements.filter(({ id, attempt }) => this.#unanswered.delete(`${id} ${attempt}`));
    const ids = new Set(twice.map(({ id }) => id));
    return lost.filter((id) => !ids.has(id));
  }

  #unhand(worker: string, { claimed }: Claimed): void {
    if (claimed.length === 0) return;
    this.holdings.ended(worker, claimed);
    this.holdings.doubt(worker);
  }

  #claim(worker: string, request: ClaimRequest): Promise<Claimed> {
    return withRetries(() =>
      this.#claimLane.use(async (connection) => {
        if (this.holdings.isDoubtful(worker)) await this.#returnUnknown(connection, worker);
        const claimed = await this.claims.claim(connection, worker, request);
        this.hearing.claimed(claimed.claimed.length);
        // Within the lane, so that the next look at what is unknown knows of them.
        this.holdings.handed(worker, claimed.claimed);
        return claimed;
      }),
    );
  }

  /** Gives back what this worker is said to hold and never heard of. */
  async #returnUnknown(connection: Connection, worker: string): Promise<void> {
    const held = await this.dialect.held(connection, worker);
    const unknown = new Set(
      this.holdings.unknown(
        worker,
        held.map(({ id }) => id),
      ),
    );
    const jobs = held.filter(({ id }) => unknown.has(id));
    if (jobs.length > 0) await this.dialect.release(connection, worker, jobs);
  }
}

/** Two that lock the same rows in the same order do not block each other. */
function inOrder<T extends Held>(jobs: readonly T[]): T[] {
  return [...jobs].sort((a, b) => a.id - b.id);
}
