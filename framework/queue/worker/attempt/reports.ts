import { logError, logWarn } from "../../../services/Logger";
import type { ClaimedJob, Settlement } from "../../engine";
import type { Ending } from "./ending";

/** Logs what became of a job that wasn't completed, or was with something to remark. */
export function reportFailure(job: ClaimedJob, settlement: Settlement, { kind }: Ending): void {
  if (settlement.error === undefined) return;
  const { type, id, attempt, spent } = job;
  const about = { type, id, attempt: attempt - spent, error: settlement.error.split("\n", 1)[0] };
  if (settlement.state === "completed") logWarn("Job completed, with a remark", about);
  else if (settlement.state === "failed") logError("Job failed", about);
  else if (kind === "crashed") logWarn("Job taken over from a dead worker", about);
  else logWarn("Job failed and will be tried again", { ...about, inSeconds: settlement.delay / 1000 });
}

export function reportLost(ids: readonly number[]): void {
  if (ids.length > 0) logWarn("Jobs were cancelled or taken over while they ran", { ids: ids.slice(0, 20) });
}
