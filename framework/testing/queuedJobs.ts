import type { JobRecord } from "../queue/engine";
import { queueEngine } from "../queue/engines/select";

/** The jobs in the queue, oldest first: all of them, or those of one type. */
export async function queuedJobs(type?: string): Promise<JobRecord[]> {
  const engine = await queueEngine();
  const jobs = await engine.list({ ...(type !== undefined && { types: [type] }), limit: 10_000 });
  return jobs.sort((one, other) => one.id - other.id);
}
