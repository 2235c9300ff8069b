import { type Connection, transaction } from "../server/connection";
import { readyTypes as readyPlaces } from "./claim";
import { now } from "./insert";

const portion = 1000;

const idle = `select id from jobs force index (jobs_ready) where status = 'pending' and type = ?
    and greatest(coalesce(created_at, 0), coalesce(due, 0)) <= ${now} - ?
  order by sort_order, id limit ${portion} for update skip locked`;

const parked = `select id from jobs force index (jobs_ready) where status = 'parked' and type in (?)
  limit ${portion} for update skip locked`;

export async function readyTypes(connection: Connection): Promise<string[]> {
  return [...(await readyPlaces(connection)).keys()];
}

export function park(connection: Connection, type: string, idleMs: number): Promise<number> {
  return change(connection, idle, [type, idleMs], "parked");
}

export function unpark(connection: Connection, types: readonly string[]): Promise<number> {
  return change(connection, parked, [types], "pending");
}

function change(connection: Connection, which: string, values: unknown[], status: string): Promise<number> {
  return transaction(connection, async () => {
    const ids = (await connection.query(which, values)).rows.map(([id]) => id);
    if (ids.length > 0) await connection.query("update jobs set status = ? where id in (?)", [status, ids]);
    return ids.length;
  });
}
