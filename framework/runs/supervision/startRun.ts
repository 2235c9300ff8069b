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
  /** The URL to ping for each run. */
  ping?: string | undefined;
  /** Whether the run must claim its scheduled time in the store that several servers share before its work begins. */
  isClaimed?: boolean | undefined;
  /** Decides whether the command is due, for a crontab entry that matches more times than its schedule. */
  decide?: ((entryId: string, at: Date) => SlotDecision) | undefined;
}

/**
 * Starts this process's run: decides whether it is due, takes the command's lock and records the run. If the command is
 * not due, already done or still running, the process exits here with status 0. If a run started this process from its
 * own file, the process becomes part of that run. A command that starts itself is refused.
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
  // A retry needs no slot of its own: the first attempt has already checked that the run was due.
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
  // A retry does not notify: the process of the first attempt notifies about the final result.
  const notifiable = isRetry || row === undefined ? undefined : { name, key: row.key, ping: request.ping };
  if (notifiable?.ping !== undefined && !awaitsClaim) beforeRun(notifiable);
  const due = toldSlot ?? slot;
  const held = { record: row, lock: lock === "none" ? undefined : lock };
  return supervise({ name, startedAt, timeoutMs, retries, notifiable, mark, due, awaitsClaim, ...held });
}

function slotOf(name: string, startedAt: number, decide: RunRequest["decide"]): number | null {
  const { entryId } = starterSettings();
  // Without an entry id, either cron's fields are exact, or the command was started by hand.
  if (entryId === undefined) return null;
  const decision = decide?.(entryId, new Date(startedAt)) ?? { kind: "unknown entry" };
  if (decision.kind === "due") return decision.slot;
  if (decision.kind === "not due") process.exit(0);
  warn(
    `not running ${name}: its crontab entry was written by a different build. Run: node laju crontab:install`,
  );
  process.exit(1);
}

/**
 * Skips a paused command's start. Starts by hand ignore pauses, and so do starts by pm2, which would otherwise keep
 * restarting a worker that exits immediately.
 */
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
    warn(`running ${name} without knowing whether it is paused: ${error.message}`);
    return undefined;
  }
}

/**
 * Takes the command's lock. pm2 needs none, because it starts several workers on purpose. If locking itself fails, the
 * command runs anyway.
 */
function lockFor(name: string, overlap: Overlap, isRetry: boolean): HeldLock | "none" | Taken {
  if (overlap === "allow" || starterSettings().isUnderPm2) return "none";
  const inherited = isRetry ? inheritedLock(name) : undefined;
  if (inherited !== undefined) return inherited;
  try {
    // The previous run may take hours, and so far there is nothing to clean up.
    if (overlap === "wait") return withoutSignalHandlers(() => waitForLock(name));
    return takeLock(name, { wait: false }) ?? { holder: holderOrNone(name) };
  } catch (error) {
    warn(`running ${name} without its lock: ${error.message}`);
    return "none";
  }
}

/**
 * Waits for the lock, unless its holder started this process: if the holder waits for this process, both would wait
 * forever.
 */
function waitForLock(name: string): HeldLock | Taken {
  const free = takeLock(name, { wait: false });
  if (free !== undefined) return free;
  const holder = holderOrNone(name);
  if (nestingIn(name, holder).kind !== "run") return { holder };
  return takeLock(name, { wait: true }) ?? { holder };
}

/** Another run holds the lock. `holder` is undefined if that run has not recorded itself yet. */
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

/**
 * Skips the run. If a retry is skipped, its run stays failed. The skipped run is recorded without a scheduled time,
 * because the lock's holder may have the same one.
 */
function skip(run: NewRun, { holder, reason }: { holder?: LockHolder | undefined; reason?: string }): never {
  const message =
    reason ?? (holder === undefined ? `${ownerOfLock(run.name)} holds its lock` : overlapText(holder));
  warn(`skipped ${run.name}: ${message}`);
  recordOrNone(run)?.close({ state: "skipped", exitStatus: 0, message, holder, finishedAt: Date.now() });
  if (holder !== undefined && !isByHandOrPm2()) reportSkip(run.name, holder);
  process.exit(run.attempt > 1 ? 1 : 0);
}

function recordOrNone(run: NewRun): RunRecord | undefined {
  const record = openRecord(run);
  return typeof record === "string" ? undefined : record;
}

/**
 * The run that holds the lock, if it is known. A skipped start must not fail because the journal or the ledger cannot
 * be read.
 */
function holderOrNone(name: string): LockHolder | undefined {
  try {
    return lockHolder(name);
  } catch {
    return undefined;
  }
}
