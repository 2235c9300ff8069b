import { starterSettings } from "../config";
import type { Overlap } from "../schedule/commandMeta";
import { setRunId } from "../services/Logger";
import type { SlotDecision } from "./dueSlot";
import { runningRun } from "./ledger";
import { takeLock } from "./lock";
import { outputFile } from "./outputFile";
import { openRecord, tell } from "./record";
import type { NewRun } from "./run";
import { type ActiveRun, supervise } from "./supervise";

export interface RunRequest {
  name: string;
  args: string[];
  overlap: Overlap;
  timeoutMs: number | null;
  /** Decides, for a crontab entry coarser than its schedule, whether the command is due. */
  decide?: ((entryId: string, at: Date) => SlotDecision) | undefined;
}

/**
 * Begins this process's run: decides whether it is due, takes the command's lock, opens its row in the ledger.
 * When there is nothing to do the process ends here, with status 0: not due, done already, or still running.
 */
export function startRun({ name, args, overlap, timeoutMs, decide }: RunRequest): ActiveRun {
  const startedAt = Date.now();
  const slot = slotOf(name, startedAt, decide);
  if (!isFreeToRun(name, overlap)) return skip({ name, args, startedAt, log: outputFile(), slot: null });
  const record = openRecord({ name, args, startedAt, log: outputFile(), slot });
  if (record === "slot taken") process.exit(0);
  const row = record === "not recorded" ? undefined : record;
  if (row !== undefined) setRunId(String(row.id));
  return supervise({ startedAt, timeoutMs, record: row });
}

function slotOf(name: string, startedAt: number, decide: RunRequest["decide"]): number | null {
  const { entryId } = starterSettings();
  // Without an entry somebody started it by hand, and that always runs.
  if (entryId === undefined || decide === undefined) return null;
  const decision = decide(entryId, new Date(startedAt));
  if (decision.kind === "due") return decision.slot;
  if (decision.kind === "not due") process.exit(0);
  tell(`${name} is not run: its crontab entry is of another build than this; run node laju crontab:install`);
  process.exit(1);
}

/** pm2 starts several of a worker on purpose. A lock that cannot be taken for any other reason stops nobody. */
function isFreeToRun(name: string, overlap: Overlap): boolean {
  if (overlap === "allow" || starterSettings().isUnderPm2) return true;
  try {
    return takeLock(name, { wait: overlap === "wait" });
  } catch (error) {
    tell(`${name} runs without its lock: ${error.message}`);
    return true;
  }
}

/** The row takes no slot: that belongs to the run that has the lock, which may be of this very slot. */
function skip(run: NewRun): never {
  const record = openRecord(run);
  const row = typeof record === "string" ? undefined : record;
  const message = skipMessage(run.name, row?.id);
  tell(`${run.name} is skipped: ${message}`);
  row?.close({ state: "skipped", exitStatus: 0, message, finishedAt: Date.now() });
  process.exit(0);
}

function skipMessage(name: string, ownId: number | undefined): string {
  // Without a row of its own the ledger is away.
  const other = ownId === undefined ? undefined : runningRun(name, ownId);
  if (other === undefined) return "an earlier run goes on";
  return `still running since ${new Date(other.startedAt).toISOString()} (run ${other.id}, pid ${other.pid})`;
}
