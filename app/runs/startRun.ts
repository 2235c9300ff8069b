import { markEnvironment, starterSettings } from "../config/starter";
import type { Overlap } from "../schedule/commandMeta";
import { setRunId } from "../services/Logger";
import { beforeRun } from "./afterRun";
import { isAtTerminal } from "./atTerminal";
import type { SlotDecision } from "./dueSlot";
import { takeLock } from "./lock";
import { lockHolder } from "./lockHolder";
import { outputFile } from "./outputFile";
import { type LockHolder, overlapText } from "./overlapText";
import { type Pause, pauseOf, pauseText } from "./pause";
import { openRecord } from "./record";
import type { Retries } from "./retry";
import type { NewRun } from "./run";
import { runMark } from "./runMark";
import { withoutSignalHandlers } from "./signalHandlers";
import { type ActiveRun, supervise } from "./supervise";
import { tell } from "./tell";

export interface RunRequest {
  name: string;
  args: string[];
  overlap: Overlap;
  timeoutMs: number | null;
  retries: Retries | undefined;
  /** A URL that is told of each run. */
  ping?: string | undefined;
  /** Whether its work may begin only when the store that several servers share has said so. */
  isClaimed?: boolean | undefined;
  /** Decides, for a crontab entry coarser than its schedule, whether the command is due. */
  decide?: ((entryId: string, at: Date) => SlotDecision) | undefined;
}

/**
 * Begins this process's run: decides whether it is due, takes the command's lock, opens its row in the ledger.
 * When there is nothing to do the process ends here, with status 0: not due, done already, or still running.
 */
export function startRun(request: RunRequest): ActiveRun {
  const { name, args, timeoutMs } = request;
  const startedAt = Date.now();
  const { attempt, retryOf, slot: toldSlot } = starterSettings();
  const isRetry = attempt > 1;
  const kept = { slot: null, hasLock: false };
  const run: NewRun = { name, args, startedAt, attempt, retryOf, log: outputFile(), ...kept };
  // A retry is part of a run that was due, and whose process holds the lock.
  const slot = isRetry ? null : slotOf(name, startedAt, request.decide);
  if (!isRetry) skipWhilePaused(run);
  const lock = lockFor(name, request.overlap, isRetry);
  if (lock === "taken") return skip(run);
  const awaitsClaim = request.isClaimed === true && !isRetry && !isByHandOrPm2();
  const record = openRecord({ ...run, slot, hasLock: lock === "held" });
  if (record === "slot taken") process.exit(0);
  const row = record === "not recorded" ? undefined : record;
  if (row !== undefined) setRunId(row.key);
  const mark = markEnvironment(runMark({ pid: process.pid, startedAt }));
  const retries = isRetry ? undefined : request.retries;
  // A retry's end is not the end yet: the process that holds the lock tells how it went in the end.
  const told = isRetry || row === undefined ? undefined : { name, key: row.key, ping: request.ping };
  if (told !== undefined && !awaitsClaim) beforeRun(told);
  const due = toldSlot ?? slot;
  return supervise({ name, startedAt, timeoutMs, record: row, retries, told, mark, due, awaitsClaim });
}

function slotOf(name: string, startedAt: number, decide: RunRequest["decide"]): number | null {
  const { entryId } = starterSettings();
  // Without an entry cron's own fields are exact, or somebody started it by hand.
  if (entryId === undefined) return null;
  const decision = decide?.(entryId, new Date(startedAt)) ?? { kind: "unknown entry" };
  if (decision.kind === "due") return decision.slot;
  if (decision.kind === "not due") process.exit(0);
  tell(`${name} is not run: its crontab entry is of another build than this; run node laju crontab:install`);
  process.exit(1);
}

/** Whoever starts it by hand means it; and pm2 would start a worker that ends at once again and again. */
function skipWhilePaused(run: NewRun): void {
  const pause = pauseOrNone(run);
  if (pause === undefined) return;
  if (isByHandOrPm2() || isAtTerminal()) return;
  skip(run, pauseText(pause));
}

function isByHandOrPm2(): boolean {
  const { isByHand, isUnderPm2 } = starterSettings();
  return isByHand || isUnderPm2;
}

function pauseOrNone({ name, startedAt }: NewRun): Pause | undefined {
  try {
    return pauseOf(name, startedAt);
  } catch (error) {
    tell(`${name} runs whether it is paused or not: ${error.message}`);
    return undefined;
  }
}

/** pm2 starts several of a worker on purpose. A lock that cannot be taken for any other reason stops nobody. */
function lockFor(name: string, overlap: Overlap, isRetry: boolean): "held" | "taken" | "none" {
  if (overlap === "allow" || starterSettings().isUnderPm2) return "none";
  if (isRetry) return "held";
  try {
    // Its turn may come in hours, and it has done nothing yet that it would have to tidy up.
    if (overlap === "wait") withoutSignalHandlers(() => takeLock(name, { wait: true }));
    else if (takeLock(name, { wait: false }) === undefined) return "taken";
    return "held";
  } catch (error) {
    tell(`${name} runs without its lock: ${error.message}`);
    return "none";
  }
}

/** The row takes no slot: that belongs to the run that has the lock, which may be of this very slot. */
function skip(run: NewRun, reason?: string): never {
  const record = openRecord(run);
  const row = typeof record === "string" ? undefined : record;
  const holder = reason === undefined ? holderOrNone(run.name) : undefined;
  const message = reason ?? (holder === undefined ? "an earlier run goes on" : overlapText(holder));
  tell(`${run.name} is skipped: ${message}`);
  row?.close({ state: "skipped", exitStatus: 0, message, holder, finishedAt: Date.now() });
  process.exit(0);
}

/** What cannot be read must not make a skipped start fail. */
function holderOrNone(name: string): LockHolder | undefined {
  try {
    return lockHolder(name);
  } catch {
    return undefined;
  }
}
