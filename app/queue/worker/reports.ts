import { logError, logWarn } from "../../services/Logger";
import type { ClaimedJob, Settlement } from "../engine";
import type { Ending } from "./ending";

/** Says in the log what became of a job that did not get done. */
export function reportFailure(job: ClaimedJob, settlement: Settlement, { kind }: Ending): void {
  if (settlement.state === "completed") return;
  const { type, id, attempt } = job;
  const about = { type, id, attempt, error: settlement.error.split("\n", 1)[0] };
  if (settlement.state === "failed") logError("Job failed", about);
  else if (kind === "crashed") logWarn("Job taken over from a dead worker", about);
  else logWarn("Job failed and will be tried again", { ...about, inSeconds: settlement.delay / 1000 });
}

export function reportLost(ids: readonly number[]): void {
  if (ids.length > 0) logWarn("Jobs were cancelled or taken over while they ran", { ids: ids.slice(0, 20) });
}
