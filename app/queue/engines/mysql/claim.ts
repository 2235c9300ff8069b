import type { ClaimedJob, ClaimRequest } from "../../engine";
import type { Claimed } from "../claimed";
import { claimedColumns, toClaimed } from "../server/claimedRow";
import { type Connection, transaction } from "../server/connections";
import type { Claims } from "../server/dialect";
import { byTurn } from "../turn";
import { lockNames, now } from "./insert";

export const columns = claimedColumns("json_array");

const ready = "from jobs force index (jobs_ready) where status = 'pending' and type";

/** A step through the index for each type that has something ready: as one recursive query it reads them all. */
export const nextTypeSql = `select type ${ready} > ? order by type limit 1`;

const timesSql = `select
  (select due from jobs force index (jobs_scheduled) where status = 'scheduled' order by due limit 1) - ${now}, ${now}`;

/** FORCE INDEX: what is sorted under a lock is locked as a whole. */
export const headSql = `select ${columns} ${ready} = ? order by sort_order, id limit ? for update skip locked`;
const orderSql = `select sort_order, id ${ready} = ? order by sort_order, id limit ?`;

const running = "select count(*) from jobs force index (jobs_ready) where status = 'processing' and type = ?";

const claiming = `update jobs set status = 'processing', locked_by = ?, started_at = ${now}, attempts = attempts + 1
  where id in (?)`;

const dueOnes = `select id from jobs force index (jobs_scheduled) where status = 'scheduled' and due <= ${now}
  order by due limit 1000 for update skip locked`;

/** So many of a type. */
interface Quota {
  type: string;
  most: number;
}

export class MysqlClaims implements Claims {
  offset = 0;

  /** Nothing is remembered from one claim to the next. */
  forget(): void {}

  async claim(connection: Connection, worker: string, request: ClaimRequest): Promise<Claimed> {
    const { types, nextDueIn } = await this.#look(connection);
    const wanted = types.filter((type) => request.types === undefined || request.types.includes(type));
    if (wanted.length === 0) return { claimed: [], nextDueIn };
    const claimed = await transaction(connection, () => take(connection, worker, request, wanted));
    return { claimed: claimed.sort(byTurn), nextDueIn };
  }

  async #look(connection: Connection): Promise<{ types: string[]; nextDueIn: number | null }> {
    for (;;) {
      const [[dueIn, time]] = (await connection.query(timesSql)).rows as [number | null, number][];
      this.offset = time - Date.now();
      if (dueIn === null || dueIn > 0) return { types: await readyTypes(connection), nextDueIn: dueIn };
      // Where all that is due is being promoted by others, they are claimable a moment later.
      if ((await promote(connection)) === 0) return { types: await readyTypes(connection), nextDueIn: 1 };
    }
  }
}

/** Those that may be claimed. */
async function readyTypes(connection: Connection): Promise<string[]> {
  const paused = new Set(
    (await connection.query("select type from queue_pauses")).rows.map(([type]) => type),
  );
  if (paused.has("*")) return [];
  const types: string[] = [];
  for (let type = ""; ; types.push(type)) {
    const { rows } = await connection.query(nextTypeSql, [type]);
    if (rows.length === 0) return types.filter((each) => !paused.has(each));
    type = rows[0][0] as string;
  }
}

function promote(connection: Connection): Promise<number> {
  return transaction(connection, async () => {
    const ids = (await connection.query(dueOnes)).rows.map(([id]) => id);
    if (ids.length > 0) await connection.query("update jobs set status = 'pending' where id in (?)", [ids]);
    return ids.length;
  });
}

async function take(
  connection: Connection,
  worker: string,
  request: ClaimRequest,
  types: string[],
): Promise<ClaimedJob[]> {
  const claimed: ClaimedJob[] = [];
  for (const { type, most } of await quotasOf(connection, request, types)) {
    claimed.push(...(await connection.query(headSql, [type, most])).rows.map(toClaimed));
  }
  if (claimed.length === 0) return [];
  const ids = claimed.map(({ id }) => id).sort((a, b) => a - b);
  await connection.query(claiming, [worker, ids]);
  return claimed.map((job) => ({ ...job, attempt: job.attempt + 1 }));
}

async function quotasOf(connection: Connection, request: ClaimRequest, types: string[]): Promise<Quota[]> {
  const { limit, limits } = request;
  const limited = types.filter((type) => limits.has(type));
  // Two that count what runs at the same time would both find room for the last one.
  if (limited.length > 0)
    await lockNames(
      connection,
      limited.map((type) => `limit ${type}`),
    );
  const quotas: Quota[] = [];
  for (const type of types) {
    const cap = limits.get(type);
    const room =
      cap === undefined ? limit : cap - Number((await connection.query(running, [type])).rows[0][0]);
    if (room > 0) quotas.push({ type, most: Math.min(limit, room) });
  }
  return quotas.length > 1 ? shared(connection, quotas, limit) : quotas;
}

/** How many of each type are among the first of all: so many are locked, and no more. */
async function shared(connection: Connection, quotas: readonly Quota[], limit: number): Promise<Quota[]> {
  const heads: { type: string; order: number; id: number }[] = [];
  for (const { type, most } of quotas) {
    const { rows } = await connection.query(orderSql, [type, most]);
    heads.push(...rows.map(([order, id]) => ({ type, order: Number(order), id: Number(id) })));
  }
  heads.sort((a, b) => a.order - b.order || a.id - b.id);
  const counts = new Map<string, number>();
  for (const { type } of heads.slice(0, limit)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, most]) => ({ type, most }));
}
