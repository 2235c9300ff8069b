import type { ClaimedJob, Holder, Verdict } from "../engine";
import type { Handlers } from "../handlers";
import type { AttemptLog } from "./attempt/attemptLog";
import { isLastAttempt } from "./attempt/ending";

/** If more workers than this died while they held a job, the job is blamed, whatever else they held. */
const maxDeaths = 5;

/** Decides which jobs of a dead worker are to blame for its death. */
export class Blame {
  constructor(
    readonly handlers: Handlers,
    readonly attemptLog: AttemptLog,
  ) {}

  /** Jobs whose handler this worker lacks are left to a worker that has it. */
  judge(jobs: readonly ClaimedJob[], from: Holder): Verdict {
    const suspects = suspectsAmong(jobs);
    const counted = suspects.filter(({ type }) => !this.handlers.has(type));
    const blamed = suspects.filter((job) => this.#hadStarted(job, from.id));
    // Note the blamed jobs as started. Otherwise, if this worker died before settling them, its successor would think
    // that they had never been started.
    for (const job of blamed) this.attemptLog.note(job);
    return { blamed, counted };
  }

  /** Whether the dead worker had started the job. Only last attempts are logged; any other counts as started. */
  #hadStarted(job: ClaimedJob, worker: string): boolean {
    const handler = this.handlers.get(job.type);
    if (handler === undefined) return false;
    return !isLastAttempt(job, handler) || this.attemptLog.hasStarted(worker, job);
  }
}

/** The jobs of a dead worker that are blamed for its death, provided that it had started them. */
function suspectsAmong(jobs: readonly ClaimedJob[]): ClaimedJob[] {
  return jobs.length === 1 ? [...jobs] : jobs.filter(({ crashes }) => crashes > maxDeaths);
}
