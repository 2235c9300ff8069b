import { claimedColumns } from "../server/claimedRow";
import { now } from "./insert";

export function columns(isCurrent: boolean): string {
  return claimedColumns("json_array", isCurrent);
}

const ready = "from jobs force index (jobs_ready) where status = 'pending' and type";

/** A step through the index for each type that has something ready: as one recursive query it reads them all. */
export const nextTypeSql = `select type, sort_order, id ${ready} > ? order by type, sort_order, id limit 1`;

export const timesSql = `select
  (select due from jobs force index (jobs_scheduled) where status = 'scheduled' order by due limit 1) - ${now}, ${now}`;

/** Two ranges of the index. (A comparison of rows would be one, but MySQL reads the whole type for it.) */
const onwards = `${ready} = ? and (sort_order = ? and id > ? or sort_order > ?) order by sort_order, id limit ?`;

/** FORCE INDEX: what is sorted under a lock is locked as a whole. */
export function headSql(isCurrent: boolean): string {
  return `select ${columns(isCurrent)} ${onwards} for update skip locked`;
}

export const orderSql = `select sort_order, id ${onwards}`;

export const pausesSql = "select type from queue_pauses";
export const runningSql =
  "select count(*) from jobs force index (jobs_ready) where status = 'processing' and type = ?";

export const claimingSql = `update jobs set status = 'processing', locked_by = ?, started_at = ${now}, attempts = attempts + 1
  where id in (?)`;

export const dueSql = `select id from jobs force index (jobs_scheduled) where status = 'scheduled' and due <= ${now}
  order by due limit 1000 for update skip locked`;
