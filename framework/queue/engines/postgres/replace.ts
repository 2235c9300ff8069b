import type { NewJob, Replaced } from "../../engine";
import { matchName } from "../cronNext";
import { endKey } from "../jobColumns";
import type { Connection } from "../server/connection";
import { lockMatches, now } from "./driver";
import { insertJobs } from "./insert";

const cancelMatching = (isCurrent: boolean) => `update jobs
  set status = 'cancelled', completed_at = ${now}, locked_by = null, ${endKey(isCurrent)}, successor = $1
  where user_id = $2 and type = $3 and (cron is null) = $4 and id <> $1`;
const openOnes = "and status in ('pending', 'scheduled') returning id";
const parkedOnes = "and status = 'parked' returning id";
const staleOnes = `and status = 'processing' and started_at < ${now} - $5::bigint returning id`;

/**
 * Inserts the job and cancels the jobs that it replaces, within the open transaction. Concurrent calls for the same
 * user run one after the other.
 */
export async function replaceJob(connection: Connection, job: NewJob, staleMs: number): Promise<Replaced> {
  await connection.query(lockMatches, [[matchName(job)]]);
  const [{ id }] = await insertJobs(connection, [job], false);
  if (job.userId === null) return { id, cancelled: [] };
  const match = [id, job.userId, job.type, job.cron === undefined];
  const cancelling = cancelMatching(await connection.isCurrent());
  const open = await connection.query(`${cancelling} ${openOnes}`, match);
  const parked = await connection.query(`${cancelling} ${parkedOnes}`, match);
  const stale = await connection.query(`${cancelling} ${staleOnes}`, [...match, staleMs]);
  const cancelled = [...open.rows, ...parked.rows, ...stale.rows].map(([each]) => Number(each));
  return { id, cancelled: cancelled.sort((a, b) => a - b) };
}
