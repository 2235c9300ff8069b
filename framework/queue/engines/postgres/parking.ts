import type { Connection } from "../server/connection";
import { withReadyTypes } from "./claim";
import { now } from "./driver";

const portion = 1000;

export const readySql = `${withReadyTypes}
  select type from ready where type is not null`;

const parking = `update jobs set status = 'parked' where id = any(array(
  select id from jobs where status = 'pending' and type = $1
    and greatest(coalesce(created_at, 0), coalesce(due, 0)) <= ${now} - $2::bigint
  order by sort_order, id limit ${portion} for update skip locked))`;

const unparking = `update jobs set status = 'pending' where id = any(array(
  select id from jobs where status = 'parked' and type = any($1::text[]) limit ${portion} for update skip locked))`;

export async function readyTypes(connection: Connection): Promise<string[]> {
  return (await connection.query(readySql, [])).rows.map(([type]) => String(type));
}

export async function park(connection: Connection, type: string, idleMs: number): Promise<number> {
  return (await connection.query(parking, [type, idleMs])).count;
}

export async function unpark(connection: Connection, types: readonly string[]): Promise<number> {
  return (await connection.query(unparking, [types])).count;
}
