import { LajuError } from "../../config/errors";
import type { QueueEngine } from "../../queue/engine";
import type { JobRecord } from "../../queue/jobRecord";
import { stateWords } from "./jobStates";

/** Parses a job id typed by the user. */
export function jobId(text: string): number {
  const id = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(id)) return id;
  throw usageError(`"${text}" is not a job id`, "node laju queue:list shows the ids.");
}

export async function findJob(engine: QueueEngine, id: number): Promise<JobRecord> {
  const job = await engine.find(id);
  if (job !== undefined) return job;
  throw usageError(`there is no job ${id}`, "node laju queue:list lists the jobs.");
}

/** Looks up all the jobs first, so that no job is changed if one of them doesn't exist. */
export async function chosenJobs(engine: QueueEngine, words: readonly string[]): Promise<JobRecord[]> {
  const jobs: JobRecord[] = [];
  for (const id of new Set(words.map(jobId))) jobs.push(await findJob(engine, id));
  return jobs;
}

/** Throws if some of the jobs were not changed, because they are in the wrong state. */
export function refuseUnchanged(jobs: readonly JobRecord[], done: readonly number[], rule: string): void {
  const others = jobs.filter(({ id }) => !done.includes(id));
  if (others.length === 0) return;
  const words = others.map(({ id, state }) => `job ${id} is ${stateWords[state]}`);
  throw new LajuError(words.join(", "), { code: "E_JOB_STATE", hint: rule });
}

function usageError(message: string, hint: string): LajuError {
  return new LajuError(message, { code: "E_USAGE", exitStatus: 2, hint });
}
