import { logWarn } from "../../services/Logger";
import { errorMessage } from "../../text/errorText";
import { type Held, isSameClaim, type QueueEngine, type Settlement } from "../engine";
import { isOutage } from "../outage";
import type { Taken } from "./outgoing";

/** One job's report to the store. */
type Report = { settlement: Settlement } | { progress: Taken["progress"][number] };

/**
 * Called when the store rejected a report: sends it in halves until the offending job is alone. That job is reported
 * with the error instead of the offending value, and all others are settled as intended. Returns the ids of jobs that
 * the worker no longer held. Removes everything delivered from `taken`, even if an outage interrupts this.
 */
export async function deliverApart(
  engine: QueueEngine,
  worker: string,
  taken: Taken,
  refusal: Error,
): Promise<number[]> {
  const lost: number[] = [];

  async function send(reports: readonly Report[]): Promise<void> {
    const settle = reports.flatMap((report) => ("settlement" in report ? [report.settlement] : []));
    const progress = reports.flatMap((report) => ("progress" in report ? [report.progress] : []));
    lost.push(...(await engine.exchange({ worker, settle, progress, claim: null })).lost);
    remove(taken, settle, progress);
  }

  async function tellOrSplit(reports: readonly Report[]): Promise<void> {
    if (reports.length === 0) return;
    const error = await refusalOf(() => send(reports));
    if (error !== undefined) await split(reports, error);
  }

  async function split(reports: readonly Report[], error: Error): Promise<void> {
    const [only] = reports;
    if (reports.length === 1 && only !== undefined) return tellWithout(only, error);
    const middle = Math.ceil(reports.length / 2);
    await tellOrSplit(reports.slice(0, middle));
    await tellOrSplit(reports.slice(middle));
  }

  async function tellWithout(report: Report, error: Error): Promise<void> {
    if ("progress" in report) {
      logWarn("A job's progress can't be stored", { id: report.progress.id, error: reasonOf(error) });
      return remove(taken, [], [report.progress]);
    }
    const { settlement } = report;
    logWarn("A job's outcome can't be stored as it is", { id: settlement.id, error: reasonOf(error) });
    const again = await refusalOf(() => send([{ settlement: withReason(settlement, error) }]));
    // If it is rejected again, the reason is not the job's data: the table is gone or can't be written.
    if (again !== undefined) await send([{ settlement: withoutNext(settlement, again) }]);
    remove(taken, [settlement], []);
  }

  await split(
    [
      ...taken.progress.map((progress) => ({ progress })),
      ...taken.settle.map((settlement) => ({ settlement })),
    ],
    refusal,
  );
  return lost;
}

/**
 * The error with which the store rejects a report; undefined if it accepts the report. Rethrows an outage, which no job
 * has caused.
 */
async function refusalOf(work: () => Promise<void>): Promise<Error | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isOutage(error)) throw error;
    return error;
  }
}

function remove(taken: Taken, settle: readonly Held[], progress: readonly Held[]): void {
  taken.settle = taken.settle.filter((one) => !isAmong(one, settle));
  taken.progress = taken.progress.filter((one) => !isAmong(one, progress));
}

function isAmong(job: Held, jobs: readonly Held[]): boolean {
  return jobs.some((one) => isSameClaim(one, job));
}

/** A completed job stays completed, because its work is done. */
function withReason(settlement: Settlement, error: Error): Settlement {
  const reason = reasonOf(error);
  if (settlement.state === "completed") {
    return { ...settlement, result: null, error: `the result can't be stored: ${reason}` };
  }
  return { ...settlement, error: `the error can't be stored: ${reason}` };
}

function withoutNext(settlement: Settlement, error: Error): Settlement {
  const bare = withReason(settlement, error);
  if (bare.state === "retry" || bare.next === undefined) return bare;
  const { next: _, ...rest } = bare;
  return { ...rest, error: `the next run can't be queued: ${reasonOf(error)}` };
}

/** The error as one short line, because a database's message may quote large parts of the data. */
function reasonOf(error: Error): string {
  return errorMessage(error, 300).replace(/[^\x20-\x7e]+/g, " ");
}
