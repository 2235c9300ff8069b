import type { ClaimedJob, ClaimRequest } from "../../engine";
import { claimedColumns, toClaimed } from "../claimedJob";
import { type Connection, transaction } from "../server/connection";
import type { Cursor, Snapshot } from "../server/dialect";
import { lockNames, now } from "./insert";

/** How many jobs of a type to claim, and after which position. */
interface Quota {
  type: string;
  position: Cursor;
  most: number;
  /** Whether the type has a limit. */
  isLimited: boolean;
}

export async function look(connection: Connection): Promise<Snapshot> {
  for (;;) {
    const [[dueIn, time]] = (await connection.query(timesSql)).rows as [number | null, number][];
    const isDue = dueIn !== null && dueIn <= 0;
    if (isDue && (await promote(connection)) > 0) continue;
    // Other workers may be making the due jobs ready right now. If so, look for these jobs again in a millisecond.
    return { positions: await readyTypes(connection), nextDueIn: isDue ? 1 : dueIn, now: time };
  }
}

/**
 * Returns each type with ready jobs, and the position just before its first one, so that later claims don't scan the
 * dead index entries before it.
 */
export async function readyTypes(connection: Connection): Promise<Map<string, Cursor>> {
  const positions = new Map<string, Cursor>();
  for (let last = ""; ; ) {
    const { rows } = await connection.query(nextTypeSql, [last]);
    if (rows.length === 0) return positions;
    const [type, order, id] = rows[0] as [string, number, number];
    positions.set(type, [Number(order), Number(id) - 1]);
    last = type;
  }
}

function promote(connection: Connection): Promise<number> {
  return transaction(connection, async () => {
    const ids = (await connection.query(dueSql)).rows.map(([id]) => id);
    if (ids.length > 0) await connection.query("update jobs set status = 'pending' where id in (?)", [ids]);
    return ids.length;
  });
}

export async function take(
  connection: Connection,
  worker: string,
  request: ClaimRequest,
  positions: ReadonlyMap<string, Cursor>,
): Promise<ClaimedJob[]> {
  const paused = new Set((await connection.query(pausesSql)).rows.map(([type]) => type));
  const open = [...positions].filter(([type]) => !paused.has(type));
  if (open.length === 0 || paused.has("*")) return [];
  return transaction(connection, () => takeOpen(connection, worker, request, new Map(open)));
}

async function takeOpen(
  connection: Connection,
  worker: string,
  request: ClaimRequest,
  positions: ReadonlyMap<string, Cursor>,
): Promise<ClaimedJob[]> {
  const claimed: ClaimedJob[] = [];
  const isCurrent = await connection.isCurrent();
  for (const quota of await quotasOf(connection, request, positions)) {
    claimed.push(...(await headOf(connection, quota, isCurrent)));
  }
  if (claimed.length === 0) return [];
  const ids = claimed.map(({ id }) => id).sort((a, b) => a - b);
  await connection.query(claimingSql, [worker, ids]);
  return claimed.map((job) => ({ ...job, attempt: job.attempt + 1 }));
}

/**
 * Locks the next jobs of a type. Skips those that other workers are claiming. For a type with a limit, only one worker
 * claims at a time, so anything else that has locked its next job will soon be done. The claim waits for that, because
 * a later job must not overtake.
 */
async function headOf(connection: Connection, quota: Quota, isCurrent: boolean): Promise<ClaimedJob[]> {
  if (!quota.isLimited)
    return (await connection.query(headSql(isCurrent), valuesOf(quota))).rows.map(toClaimed);
  // First read the ids without locking, because a locking search of the index would wait for jobs that an app is
  // inserting.
  const ids = (await connection.query(orderSql, valuesOf(quota))).rows.map(([, id]) => id);
  if (ids.length === 0) return [];
  return (await connection.query(lockedSql(isCurrent), [ids])).rows.map(toClaimed);
}

function valuesOf({ type, position: [order, id], most }: Quota): unknown[] {
  return [type, order, id, order, most];
}

async function quotasOf(
  connection: Connection,
  { limit, limits }: ClaimRequest,
  positions: ReadonlyMap<string, Cursor>,
): Promise<Quota[]> {
  const limited = [...positions.keys()].filter((type) => limits.has(type));
  // Without this lock, two concurrent claims could count the same free slot and exceed the limit.
  const names = limited.map((type) => `limit ${type}`);
  await lockNames(connection, names);
  const quotas: Quota[] = [];
  for (const [type, position] of positions) {
    const cap = limits.get(type);
    const room =
      cap === undefined ? limit : cap - Number((await connection.query(runningSql, [type])).rows[0][0]);
    const isLimited = cap !== undefined;
    if (room > 0) quotas.push({ type, position, most: Math.min(limit, room), isLimited });
  }
  return quotas.length > 1 ? shared(connection, quotas, limit) : quotas;
}

/** How many of the next jobs, across all types, belong to each type, so that only those rows are locked. */
async function shared(connection: Connection, quotas: readonly Quota[], limit: number): Promise<Quota[]> {
  const heads: { quota: Quota; order: number; id: number }[] = [];
  for (const quota of quotas) {
    const { rows } = await connection.query(orderSql, valuesOf(quota));
    heads.push(...rows.map(([order, id]) => ({ quota, order: Number(order), id: Number(id) })));
  }
  heads.sort((a, b) => a.order - b.order || a.id - b.id);
  const counts = new Map<Quota, number>();
  for (const { quota } of heads.slice(0, limit)) counts.set(quota, (counts.get(quota) ?? 0) + 1);
  return [...counts].map(([quota, most]) => ({ ...quota, most }));
}

export function columns(isCurrent: boolean): string {
  return claimedColumns("json_array", isCurrent);
}

const ready = "from jobs force index (jobs_ready) where status = 'pending' and type";

/**
 * Finds the next type with ready jobs in one index lookup. A recursive query would find all types, but MySQL would read
 * all ready jobs for it.
 */
export const nextTypeSql = `select type, sort_order, id ${ready} > ? order by type, sort_order, id limit 1`;

export const timesSql = `select
  (select due from jobs force index (jobs_scheduled) where status = 'scheduled' order by due limit 1) - ${now}, ${now}`;

/**
 * Compares the position as two index ranges. A row comparison would be a single condition, but MySQL would read all
 * jobs of the type to evaluate it.
 */
const onwards = `${ready} = ? and (sort_order = ? and id > ? or sort_order > ?) order by sort_order, id limit ?`;

/** Uses FORCE INDEX, because if MySQL sorted the rows itself, it would lock all of them. */
export function headSql(isCurrent: boolean): string {
  return `select ${columns(isCurrent)} ${onwards} for update skip locked`;
}

function lockedSql(isCurrent: boolean): string {
  return `select ${columns(isCurrent)} from jobs where id in (?) and status = 'pending' order by sort_order, id for update`;
}

export const orderSql = `select sort_order, id ${onwards}`;

export const pausesSql = "select type from queue_pauses";
export const runningSql =
  "select count(*) from jobs force index (jobs_ready) where status = 'processing' and type = ?";

export const claimingSql = `update jobs set status = 'processing', locked_by = ?, started_at = ${now}, attempts = attempts + 1
  where id in (?)`;

export const dueSql = `select id from jobs force index (jobs_scheduled) where status = 'scheduled' and due <= ${now}
  order by due limit 1000 for update skip locked`;
