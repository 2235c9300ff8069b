import { existsSync } from "node:fs";
import { paths } from "../../config/config";
import { markEnvironment, marksAround, starterSettings } from "../../config/launch";
import type { Overlap } from "../../metadata/commandMeta";
import { outputFile, warn } from "../../process/output";
import { isAtTerminal } from "../../process/thisProcess";
import { setRunId } from "../../services/Logger";
import { lockHolder } from "../history/lockHolder";
import type { NewRun } from "../ledger/journal";
import { openRecord, type RunRecord } from "../ledger/record";
import { type LockHolder, overlapText } from "../ledger/run";
import { type HeldLock, inheritedLock, ownerOfLock, takeLock } from "../lock/lock";
import { type Nesting, nestingBelow, nestingIn, nestingOf, runMark } from "../nesting/nesting";
import { beforeRun } from "../notices/afterRun";
import type { SlotDecision } from "./dueSlot";
import { partOfRun } from "./partOfRun";
import { type Pause, pauseOf, pauseText } from "./pause";
import { refuseLoop } from "./refuseLoop";
import { reportSkip } from "./reportSkip";
import type { Retries } from "./retry";
import { withoutSignalHandlers } from "./signalHandlers";
import { type ActiveRun, supervise } from "./supervise";

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
 * When there is nothing to do the process ends here, with status 0: not due, done already, or still running. A part of
 * a run, which the run has started from its own file, is no run of its own; a command that starts itself is refused.
 */
export function startRun(request: RunRequest): ActiveRun {
  const { name, args, timeoutMs } = request;
  const startedAt = Date.now();
  const { attempt, retryOf, slot: toldSlot, isUnderPm2 } = starterSettings();
  const isRetry = attempt > 1;
  const kept = { slot: null, hasLock: false };
  const run: NewRun = { name, args, startedAt, attempt, retryOf, log: outputFile(), ...kept };
  const nesting: Nesting = isRetry ? { kind: "run" } : nestingOf(name);
  if (nesting.kind !== "run") return partOrRefusal(nesting, run, request);
  // A retry is part of a run that was due.
  const slot = isRetry ? null : slotOf(name, startedAt, request.decide);
  if (!isRetry && existsSync(paths.pauses)) skipWhilePaused(run);
  const lock = lockFor(name, request.overlap, isRetry);
  if (lock !== "none" && "holder" in lock) return partOrSkip(lock.holder, run, request);
  const mayBeLoop = lock === "none" && !isRetry && !isUnderPm2;
  const below: Nesting = mayBeLoop ? nestingBelow(name) : { kind: "run" };
  if (below.kind !== "run") return partOrRefusal(below, run, request);
  const awaitsClaim = request.isClaimed === true && !isRetry && !isByHandOrPm2();
  const record = openRecord({ ...run, slot, hasLock: lock !== "none" });
  if (record === "slot taken") process.exit(0);
  const row = record === "not recorded" ? undefined : record;
  if (row !== undefined) setRunId(row.key);
  const mark = runMark({ name, pid: process.pid, startedAt, key: row?.key });
  markEnvironment(mark, isUnderPm2 ? [] : marksAround());
  const retries = isRetry ? undefined : request.retries;
  // A retry's end is not the end yet: the process that holds the lock tells how it went in the end.
  const notifiable = isRetry || row === undefined ? undefined : { name, key: row.key, ping: request.ping };
  if (notifiable?.ping !== undefined && !awaitsClaim) beforeRun(notifiable);
  const due = toldSlot ?? slot;
  const held = { record: row, lock: lock === "none" ? undefined : lock };
  return supervise({ name, startedAt, timeoutMs, retries, notifiable, mark, due, awaitsClaim, ...held });
}

function slotOf(name: string, startedAt: number, decide: RunRequest["decide"]): number | null {
  const { entryId } = starterSettings();
  // Without an entry cron's own fields are exact, or somebody started it by hand.
  if (entryId === undefined) return null;
  const decision = decide?.(entryId, new Date(startedAt)) ?? { kind: "unknown entry" };
  if (decision.kind === "due") return decision.slot;
  if (decision.kind === "not due") process.exit(0);
  warn(`${name} is not run: its crontab entry is of another build than this; run node laju crontab:install`);
  process.exit(1);
}

/** Whoever starts it by hand means it; and pm2 would start a worker that ends at once again and again. */
function skipWhilePaused(run: NewRun): void {
  const pause = pauseOrNone(run);
  if (pause === undefined) return;
  if (isByHandOrPm2() || isAtTerminal()) return;
  skip(run, { reason: pauseText(pause) });
}

function isByHandOrPm2(): boolean {
  const { isByHand, isUnderPm2 } = starterSettings();
  return isByHand || isUnderPm2;
}

function pauseOrNone({ name, startedAt }: NewRun): Pause | undefined {
  try {
    return pauseOf(name, startedAt);
  } catch (error) {
    warn(`${name} runs whether it is paused or not: ${error.message}`);
    return undefined;
  }
}

/** pm2 starts several of a worker on purpose. A lock that cannot be taken for any other reason stops nobody. */
function lockFor(name: string, overlap: Overlap, isRetry: boolean): HeldLock | "none" | Taken {
  if (overlap === "allow" || starterSettings().isUnderPm2) return "none";
  const inherited = isRetry ? inheritedLock(name) : undefined;
  if (inherited !== undefined) return inherited;
  try {
    // Its turn may come in hours, and it has done nothing yet that it would have to tidy up.
    if (overlap === "wait") return withoutSignalHandlers(() => waitForTurn(name));
    return takeLock(name, { wait: false }) ?? { holder: holderOrNone(name) };
  } catch (error) {
    warn(`${name} runs without its lock: ${error.message}`);
    return "none";
  }
}

/** A start that waits for a run which waits for that start would wait forever. */
function waitForTurn(name: string): HeldLock | Taken {
  const free = takeLock(name, { wait: false });
  if (free !== undefined) return free;
  const holder = holderOrNone(name);
  if (nestingIn(name, holder).kind !== "run") return { holder };
  return takeLock(name, { wait: true }) ?? { holder };
}

/** Another run has the lock; which one is not known where it has not said so yet. */
interface Taken {
  holder: LockHolder | undefined;
}

function partOrSkip(holder: LockHolder | undefined, run: NewRun, request: RunRequest): ActiveRun {
  const nesting = nestingIn(run.name, holder);
  return nesting.kind === "run" ? skip(run, { holder }) : partOrRefusal(nesting, run, request);
}

function partOrRefusal(
  nesting: Exclude<Nesting, { kind: "run" }>,
  run: NewRun,
  request: RunRequest,
): ActiveRun {
  if (nesting.kind === "part") return partOfRun(nesting.of);
  const record = recordOrNone(run);
  return refuseLoop(nesting.names, { startedAt: run.startedAt, record, ping: request.ping });
}

/** A retry that is skipped leaves the run failed. The row takes no slot: that belongs to the run that has the lock, which may be of this very slot. */
function skip(run: NewRun, { holder, reason }: { holder?: LockHolder | undefined; reason?: string }): never {
  const message =
    reason ?? (holder === undefined ? `${ownerOfLock(run.name)} holds its lock` : overlapText(holder));
  warn(`${run.name} is skipped: ${message}`);
  recordOrNone(run)?.close({ state: "skipped", exitStatus: 0, message, holder, finishedAt: Date.now() });
  if (holder !== undefined && !isByHandOrPm2()) reportSkip(run.name, holder);
  process.exit(run.attempt > 1 ? 1 : 0);
}

function recordOrNone(run: NewRun): RunRecord | undefined {
  const record = openRecord(run);
  return typeof record === "string" ? undefined : record;
}

/** What cannot be read must not make a skipped start fail. */
function holderOrNone(name: string): LockHolder | undefined {
  try {
    return lockHolder(name);
  } catch {
    return undefined;
  }
}
