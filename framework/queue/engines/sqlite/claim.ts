import type { Database } from "../../../services/database/sqliteDriver";
import type { ClaimedJob, ClaimRequest } from "../../engine";
import { byStartOrder, claimedJob, hasNothingRare, nothingRare, rareColumns, rareOf } from "../claimedJob";
import { rowsOf, statement } from "./connection";
import { isCurrent } from "./jobsTable";

/** The columns of a ClaimedJob without its type. */
function claimedColumns(isCurrent: boolean): string {
  return `id, attempts, data, created_at,
  case when user_id is null and sort_order = 0 and ${hasNothingRare(isCurrent)} then null
    else json_array(user_id, sort_order, ${rareColumns(isCurrent)})
  end`;
}

/** The columns of a ClaimedJob including its type, for queries that don't know the type in advance. */
export function typedColumns(database: Database): string {
  return `${claimedColumns(isCurrent(database))}, type`;
}

const claimFrom = (ids: string, columns: string) => `update jobs
  set status = 'processing', locked_by = ?, started_at = ?, attempts = attempts + 1
  where id in (${ids}) returning ${columns}`;

const headOfType = `select id from jobs where status = 'pending' and type = ? order by sort_order, id limit ?`;
const claims = { current: claimsOf(true), before: claimsOf(false) };

function claimsOf(isCurrent: boolean) {
  const columns = claimedColumns(isCurrent);
  return {
    head: claimFrom(headOfType, columns),
    listed: claimFrom("select value from json_each(?)", `${columns}, type`),
  };
}

const headWithOrder = headOfType.replace("select id", "select sort_order, id");

/** Finds the types with ready jobs in one index lookup per type, not one per job. */
const readyTypes = `with recursive ready(type) as (
    select min(type) from jobs where status = 'pending'
    union all
    select (select min(type) from jobs where status = 'pending' and type > ready.type)
    from ready where ready.type is not null)
  select type from ready where type is not null`;

/** Claims within the open transaction, in the order in which to start the jobs. */
export function claimJobs(
  database: Database,
  worker: string,
  request: ClaimRequest,
  now: number,
): ClaimedJob[] {
  const { limit } = request;
  const quotas = quotasOf(database, request);
  const [first] = quotas;
  if (first === undefined) return [];
  const claim = isCurrent(database) ? claims.current : claims.before;
  if (quotas.length > 1) {
    const heads = JSON.stringify(headsOf(database, quotas, limit));
    return rowsOf(database, claim.listed, worker, now, heads).map(toClaimed).sort(byStartOrder);
  }
  const { type, quota } = first;
  const rows = rowsOf(database, claim.head, worker, now, type, Math.min(quota, limit));
  return rows.map((row) => toTyped(row, type)).sort(byStartOrder);
}

interface Quota {
  type: string;
  quota: number;
}

/** The types that have ready jobs and may be claimed now, and how many jobs of each. */
function quotasOf(database: Database, { limit, types, limits }: ClaimRequest): Quota[] {
  const paused = pausedTypes(database);
  if (paused.has("*")) return [];
  return rowsOf(database, readyTypes)
    .map(([type]) => type as string)
    .filter((type) => !paused.has(type) && (types === undefined || types.includes(type)))
    .map((type) => ({ type, quota: Math.min(limit, room(database, type, limits.get(type))) }))
    .filter(({ quota }) => quota > 0);
}

function pausedTypes(database: Database): Set<string> {
  return new Set(rowsOf(database, "select type from queue_pauses").map(([type]) => type as string));
}

function room(database: Database, type: string, limit: number | undefined): number {
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  const counting = "select count(*) from jobs where status = 'processing' and type = ?";
  const [[running]] = rowsOf(database, counting, type);
  return limit - Number(running);
}

/** The ids of the first `limit` jobs across several types. */
function headsOf(database: Database, quotas: readonly Quota[], limit: number): number[] {
  const heads = quotas.flatMap(({ type, quota }) => rowsOf(database, headWithOrder, type, quota) as Head[]);
  heads.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return heads.slice(0, limit).map(([, id]) => id);
}

type Head = [order: number, id: number];

const firstDue = "select min(due) from jobs where status = 'scheduled'";
const promotion = `update jobs set status = 'pending' where id in
  (select id from jobs where status = 'scheduled' and due <= ? order by due limit 1000)`;

/** Makes due jobs ready, and returns when the next one is due. */
export function promoteDue(database: Database, now: number): number | null {
  for (;;) {
    const [[due]] = rowsOf(database, firstDue);
    if (due === null || Number(due) > now) return due as number | null;
    statement(database, promotion).run(now);
  }
}

export function typesReady(database: Database): string[] {
  return rowsOf(database, readyTypes).map(([type]) => type as string);
}

/**
 * The claim's queries. Exported for the test of their query plans: each must use an index, so that a large table
 * doesn't slow it down.
 */
export const claimQueries = {
  claimHead: claims.current.head,
  headWithOrder,
  readyTypes,
  promotion,
  firstDue,
};

/** Reads a row of `typedColumns`. */
export function toClaimed(row: unknown[]): ClaimedJob {
  return toTyped(row, row[5] as string);
}

function toTyped([id, attempt, data, createdAt, rare]: unknown[], type: string): ClaimedJob {
  if (rare === null) return claimedJob([id, attempt, type, null, data, createdAt, 0], nothingRare);
  const [userId, order, ...rest] = JSON.parse(rare as string);
  return claimedJob([id, attempt, type, userId, data, createdAt, order], rareOf(rest));
}
