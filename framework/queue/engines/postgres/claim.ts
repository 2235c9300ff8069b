import type { ClaimedJob, ClaimRequest } from "../../engine";
import { claimedColumns, toClaimed } from "../claimedJob";
import { type Connection, transaction } from "../server/connection";
import { type Cursor, type Snapshot, start } from "../server/dialect";
import { lockSpace, now, schemaSuffix } from "./driver";

export function columns(isCurrent: boolean): string {
  return claimedColumns("json_build_array", isCurrent);
}

export async function look(connection: Connection): Promise<Snapshot> {
  for (;;) {
    const { rows } = await connection.query(lookSql, []);
    const [types, nextDueIn, now] = rows[0] as [string[], number | null, number];
    if (nextDueIn === null || nextDueIn > 0)
      return { positions: new Map(types.map((type) => [type, start])), nextDueIn, now };
    // Makes up to a thousand due jobs ready. If other workers are doing the same, this waits for their statement.
    await connection.query(promoteSql, []);
  }
}

export async function take(
  connection: Connection,
  worker: string,
  request: ClaimRequest,
  positions: ReadonlyMap<string, Cursor>,
): Promise<ClaimedJob[]> {
  const values = valuesFor(worker, request, positions);
  const limited = [...positions.keys()].filter((type) => request.limits.has(type)).sort();
  const variant = { isSeveral: positions.size > 1, isLimited: limited.length > 0 };
  const sql = claimSql(variant, await connection.isCurrent());
  const ask = async () => (await connection.query(sql, values)).rows.map(toClaimed);
  if (!variant.isLimited) return ask();
  // Without this lock, two concurrent claims could count the same free slot and exceed the limit.
  return transaction(connection, async () => {
    await connection.query(lockTypes, [limited]);
    return ask();
  });
}

function valuesFor(worker: string, request: ClaimRequest, positions: ReadonlyMap<string, Cursor>): unknown[] {
  const types = [...positions.keys()];
  const caps = types.map((type) => request.limits.get(type) ?? null);
  const [orders, ids] = [0, 1].map((part) => [...positions.values()].map((position) => position[part]));
  return [worker, request.limit, types, caps, orders, ids];
}

/** SQL that finds the types with ready jobs in one index lookup per type, not one per job. */
export const withReadyTypes = `with recursive ready(type) as (
    (select type from jobs where status = 'pending' order by type limit 1)
    union all
    select (select j.type from jobs j where j.status = 'pending' and j.type > ready.type order by j.type limit 1)
    from ready where ready.type is not null)`;

export const lookSql = `${withReadyTypes}
  select array(select type::text from ready where type is not null),
    (select due from jobs where status = 'scheduled' order by due limit 1) - ${now}, ${now}`;

export const promoteSql = `update jobs set status = 'pending' where id = any(array(
  select id from jobs where status = 'scheduled' and due <= ${now} order by due limit 1000 for update))`;

export const lockTypes = `select pg_advisory_xact_lock(${lockSpace}, hashtext('limit ' || type || ${schemaSuffix}))
  from unnest($1::text[]) type`;

const asked = `select q.type, q.after_order, q.after_id, q.cap,
      case when q.cap is null then $2 else least($2, greatest(0, q.cap -
        (select count(*) from jobs r where r.status = 'processing' and r.type = q.type))) end::int as most
    from unnest($3::text[], $4::int[], $5::int[], $6::bigint[]) q(type, cap, after_order, after_id)
    where not exists (select from queue_pauses p where p.type in ('*', q.type))`;

const ready = `jobs j where j.status = 'pending' and j.type = q.type
      and (j.sort_order, j.id) > (q.after_order, q.after_id) order by j.sort_order, j.id limit q.most`;
const next = `select j.id, j.sort_order from ${ready} for update`;

/** How many of the next jobs, across all types, belong to each type, so that only those rows are locked. */
const shared = `, share as materialized (
    select type, after_order, after_id, cap, count(*)::int as most from (
      select q.type, q.after_order, q.after_id, q.cap
      from quota q cross join lateral (select j.sort_order, j.id from ${ready}) h
      order by h.sort_order, h.id limit $2) first group by 1, 2, 3, 4)`;

/** Skips jobs that other workers are claiming. */
const skippingLocked = `${next} skip locked`;
/**
 * For types with a limit, waits for locked rows instead of skipping them. Only one worker claims such a type at a time,
 * so another claim never has its next job. Something else may have locked it for a moment, such as a late release. The
 * claim waits for that, because a later job must not overtake.
 */
const waitingIfLimited = `(select * from (${skippingLocked}) s where q.cap is null) union all
      (select * from (${next}) s where q.cap is not null)`;

interface Variant {
  /** Whether it claims jobs of several types. */
  isSeveral: boolean;
  /** Whether one of the types has a limit. */
  isLimited: boolean;
}

/**
 * Takes each type's first rows from the index. The ids are an array, so that PostgreSQL's planner can't repeat the
 * claim inside a nested loop, and doesn't estimate that the batch is a large part of the table. If a server crash loses a claim, the jobs are simply
 * still unclaimed, so the commit doesn't wait for the disk. synchronous_commit is turned off for this transaction only,
 * because behind a pooler other clients share the session.
 */
export function claimSql({ isSeveral, isLimited }: Variant, isCurrent = true): string {
  const known = isCurrent ? claims.current : claims.before;
  return known[isSeveral ? "several" : "single"][isLimited ? "limited" : "unlimited"];
}

const claims = { current: claimsOf(true), before: claimsOf(false) };

function claimsOf(isCurrent: boolean) {
  const columns = claimedColumns("json_build_array", isCurrent);
  const variants = (counting: string, from: string) => ({
    unlimited: claiming(counting, from, skippingLocked, columns),
    limited: claiming(counting, from, waitingIfLimited, columns),
  });
  return { single: variants("", "quota"), several: variants(shared, "share") };
}

function claiming(counting: string, from: string, locking: string, columns: string): string {
  return `with quota as materialized (${asked})${counting},
  head as materialized (
    select h.id, h.sort_order from ${from} q cross join lateral (${locking}) h
    order by h.sort_order, h.id limit $2)
  update jobs set status = 'processing', locked_by = $1, started_at = ${now}, attempts = attempts + 1
  where id = any(array(select id from head)) and (select set_config('synchronous_commit', 'off', true)) is not null
  returning ${columns}`;
}
