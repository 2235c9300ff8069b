import { logError, logWarn } from "../../services/Logger";
import { errorMessage } from "../../text/errorText";
import type { ClaimedJob, Settlement } from "../engine";
import { type Ending, settlementOf } from "./attempt/ending";
import type { StoreExchange } from "./storeExchange";
import type { Parked, WorkerOptions } from "./workOptions";

/** A summary of what a worker did. */
export interface WorkerSummary {
  completed: number;
  failed: number;
  /** Failed attempts after which a job was queued for another attempt. */
  retried: number;
  /** Jobs returned to the queue because the worker had to stop. */
  returned: number;
}

/** Decides the outcome of each ended job, counts and logs it, and passes it to the exchange with the store. */
export class Settling {
  readonly summary: WorkerSummary = { completed: 0, failed: 0, retried: 0, returned: 0 };

  readonly #chance = { now: () => this.options.engine.now?.() ?? Date.now(), random: Math.random };

  constructor(
    readonly options: Pick<WorkerOptions, "engine" | "handlers" | "onSettled">,
    readonly exchange: StoreExchange,
  ) {}

  settle(job: ClaimedJob, ending: Ending): void {
    const handler = this.options.handlers.get(job.type);
    const settlement = settlementOf(job, handler, ending, this.#chance);
    this.exchange.outgoing.settle(settlement);
    if (handler !== undefined && handler.concurrency !== null) this.exchange.freeSlot();
    if (settlement.state === "retry") this.summary.retried++;
    else this.summary[settlement.state]++;
    reportFailure(job, settlement, ending);
    this.#report(job, settlement);
  }

  giveBack(jobs: readonly ClaimedJob[]): void {
    this.summary.returned += jobs.length;
    this.exchange.outgoing.giveBack(jobs);
  }

  tellOfParked(type: string, count: number): void {
    const error = `${count === 1 ? "1 job waits" : `${count} jobs wait`}, but no worker handles them`;
    logWarn("Parked jobs of a type that no worker handles", { type, count });
    this.#report({ id: 0, type }, { state: "parked", error });
  }

  /** An error in the app's own callback must not affect how the job is settled. */
  #report(job: { id: number; type: string }, settlement: Settlement | Parked): void {
    try {
      this.options.onSettled?.(job, settlement);
    } catch (error) {
      logWarn("The onSettled callback threw", { error: errorMessage(error) });
    }
  }
}

/** Logs a job that did not complete, or completed with a warning. */
function reportFailure(job: ClaimedJob, settlement: Settlement, { kind }: Ending): void {
  if (settlement.error === undefined) return;
  const { type, id, attempt, spent } = job;
  const about = { type, id, attempt: attempt - spent, error: settlement.error.split("\n", 1)[0] };
  if (settlement.state === "completed") logWarn("Job completed with a warning", about);
  else if (settlement.state === "failed") logError("Job failed", about);
  else if (kind === "crashed") logWarn("Job taken over from a dead worker", about);
  else logWarn("Job failed and will be retried", { ...about, inSeconds: settlement.delay / 1000 });
}
