import type { ClaimedJob, ClaimRequest } from "../../engine";
import type { Claimed } from "../claimed";
import { claimedColumns, toClaimed } from "../server/claimedRow";
import { type Connection, transaction } from "../server/connections";
import type { Claims } from "../server/dialect";
import { byTurn } from "../turn";
import { claimSql, lockTypes, lookSql, promoteSql } from "./claimSql";

/** What is known of the table is used for so long, in milliseconds: a higher priority is seen at the latest then. */
const memory = 250;

interface Look {
  types: string[];
  /** By this host's own clock. */
  nextDueAt: number | null;
  until: number;
}

/** Where a type's claims have got to: what stands before was claimed, and may lie dead in the index. */
type Place = [order: number, id: number];
const start: Place = [-2_147_483_648, -1];

/** Claims, and remembers for a moment what it saw. */
export class PostgresClaims implements Claims {
  offset = 0;
  #look: Look | undefined;
  #places = new Map<string, Place>();

  forget(): void {
    this.#look = undefined;
    this.#places.clear();
  }

  async claim(connection: Connection, worker: string, request: ClaimRequest): Promise<Claimed> {
    if (this.#look !== undefined && !this.#isFresh(this.#look)) this.forget();
    const wasRemembered = this.#look !== undefined;
    const claimed = await this.#take(connection, worker, request, request.limit);
    if (wasRemembered && claimed.length < request.limit) {
      // It may have changed meanwhile: that there is no more is said only after a look.
      this.forget();
      claimed.push(...(await this.#take(connection, worker, request, request.limit - claimed.length)));
    }
    const nextDueAt = this.#look?.nextDueAt ?? null;
    if (claimed.length < request.limit) this.forget();
    else this.#remember(claimed);
    return {
      claimed: claimed.sort(byTurn),
      nextDueIn: nextDueAt === null ? null : Math.max(0, nextDueAt - Date.now()),
    };
  }

  #isFresh({ until, nextDueAt }: Look): boolean {
    return performance.now() < until && (nextDueAt === null || Date.now() < nextDueAt);
  }

  async #take(
    connection: Connection,
    worker: string,
    request: ClaimRequest,
    limit: number,
  ): Promise<ClaimedJob[]> {
    this.#look ??= await this.#lookAt(connection);
    const types = this.#look.types.filter(
      (type) => request.types === undefined || request.types.includes(type),
    );
    if (types.length === 0) return [];
    const limited = types.filter((type) => request.limits.has(type)).sort();
    const take = async () => {
      const values = this.#valuesFor(worker, types, request, limit);
      const { rows } = await connection.query(claimSql(types.length > 1), values);
      return rows.map(toClaimed);
    };
    if (limited.length === 0) return take();
    // Two that count what runs at the same time would both find room for the last one.
    return transaction(connection, async () => {
      await connection.query(lockTypes, [limited]);
      return take();
    });
  }

  #valuesFor(worker: string, types: string[], { limits }: ClaimRequest, limit: number): unknown[] {
    const places = types.map((type) => this.#places.get(type) ?? start);
    const caps = types.map((type) => limits.get(type) ?? null);
    return [worker, limit, types, caps, places.map(([order]) => order), places.map(([, id]) => id)];
  }

  async #lookAt(connection: Connection): Promise<Look> {
    for (;;) {
      const { rows } = await connection.query(lookSql, []);
      const [types, dueIn, now] = rows[0] as [string[], number | null, number];
      this.offset = now - Date.now();
      if (dueIn === null || dueIn > 0) {
        const nextDueAt = dueIn === null ? null : Date.now() + dueIn;
        return { types, nextDueAt, until: performance.now() + memory };
      }
      // At most a thousand each time. Where others promote them just now, that is done when their statement ends.
      await connection.query(promoteSql, []);
    }
  }

  #remember(claimed: readonly ClaimedJob[]): void {
    for (const { type, priority, id } of claimed) {
      const [order, last] = this.#places.get(type) ?? start;
      if (-priority > order || (-priority === order && id > last))
        this.#places.set(type, [-priority || 0, id]);
    }
  }
}

export const columns = claimedColumns("json_build_array");
