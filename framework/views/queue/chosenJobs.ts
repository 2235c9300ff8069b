import { LajuError } from "../../config/errors";
import type { QueueEngine } from "../../queue/engine";
import type { JobRecord } from "../../queue/jobRecord";
import { stateWords } from "./jobStates";

/** A job's id as a person typed it. */
export function jobId(text: string): number {
  const id = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(id)) return id;
  throw wrongUse(`"${text}" is not the id of a job`, "node laju queue:list shows the ids.");
}

export async function findJob(engine: QueueEngine, id: number): Promise<JobRecord> {
  const job = await engine.find(id);
  if (job !== undefined) return job;
  throw wrongUse(`there is no job ${id}`, "node laju queue:list shows the jobs there are.");
}

/** Looks the jobs up, so that nothing is done when one of them is not there. */
export async function chosenJobs(engine: QueueEngine, words: readonly string[]): Promise<JobRecord[]> {
  const jobs: JobRecord[] = [];
  for (const id of new Set(words.map(jobId))) jobs.push(await findJob(engine, id));
  return jobs;
}

/** For those that are not as they would have to be. */
export function untouched(jobs: readonly JobRecord[], done: readonly number[], rule: string): void {
  const others = jobs.filter(({ id }) => !done.includes(id));
  if (others.length === 0) return;
  const words = others.map(({ id, state }) => `job ${id} is ${stateWords[state]}`);
  throw new LajuError(words.join(", "), { code: "E_JOB_STATE", hint: rule });
}

function wrongUse(message: string, hint: string): LajuError {
  return new LajuError(message, { code: "E_USAGE", exitStatus: 2, hint });
}
