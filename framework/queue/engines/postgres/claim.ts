import type { ClaimedJob, ClaimRequest } from "../../engine";
import { claimedColumns, toClaimed } from "../server/claimedRow";
import { start } from "../server/claims";
import type { Connection } from "../server/connection";
import { transaction } from "../server/connections";
import type { Place, Sight } from "../server/dialect";
import { claimSql, lockTypes, lookSql, promoteSql } from "./claimSql";

export function columns(isCurrent: boolean): string {
  return claimedColumns("json_build_array", isCurrent);
}

export async function look(connection: Connection): Promise<Sight> {
  for (;;) {
    const { rows } = await connection.query(lookSql, []);
    const [types, nextDueIn, now] = rows[0] as [string[], number | null, number];
    if (nextDueIn === null || nextDueIn > 0)
      return { places: new Map(types.map((type) => [type, start])), nextDueIn, now };
    // At most a thousand each time. Where others promote them just now, that is done when their statement ends.
    await connection.query(promoteSql, []);
  }
}

export async function take(
  connection: Connection,
  worker: string,
  request: ClaimRequest,
  places: ReadonlyMap<string, Place>,
): Promise<ClaimedJob[]> {
  const values = valuesFor(worker, request, places);
  const sql = claimSql(places.size > 1, await connection.isCurrent());
  const ask = async () => (await connection.query(sql, values)).rows.map(toClaimed);
  const limited = [...places.keys()].filter((type) => request.limits.has(type)).sort();
  if (limited.length === 0) return ask();
  // Two that count what runs at the same time would both find room for the last one.
  return transaction(connection, async () => {
    await connection.query(lockTypes, [limited]);
    return ask();
  });
}

function valuesFor(worker: string, request: ClaimRequest, places: ReadonlyMap<string, Place>): unknown[] {
  const types = [...places.keys()];
  const caps = types.map((type) => request.limits.get(type) ?? null);
  const [orders, ids] = [0, 1].map((part) => [...places.values()].map((place) => place[part]));
  return [worker, request.limit, types, caps, orders, ids];
}
