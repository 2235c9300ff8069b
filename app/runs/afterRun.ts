import { sep } from "node:path";
import { logLimits, paths } from "../config";
import { isAtTerminal } from "./atTerminal";
import { closeIncidents, closeQuietly, mayHaveIncident, openIncident } from "./incidents";
import { idOfRun } from "./ledger";
import { ledger } from "./ledgerFile";
import { addPing, isSenderComing } from "./notices";
import { outputFile, outputSize } from "./outputFile";
import { rotateLogs } from "./rotateLogs";
import type { RunState } from "./run";
import { startSender } from "./startSender";
import { tell } from "./tell";

/** A recorded run, and the URL that is told of each run of its command, if it has one. */
export interface ToldRun {
  name: string;
  key: string;
  ping?: string | undefined;
}

/** Called when a run begins. Only a command with `ping` pays anything. */
export function beforeRun(run: ToldRun): void {
  const { name, ping } = run;
  if (ping === undefined) return;
  quietly(`nobody is told that ${name} began`, () => queuePing(name, "start", rowId(run), ping));
}

/**
 * Called when a run has ended, all its retries included: begins or ends the command's incident and leaves word in
 * the outbox. A process that exits can send nothing itself, and sending must never change how a run ends, so one
 * process beside it does. A success with no incident open costs one look at the disk.
 */
export function afterRun(run: ToldRun, status: number): void {
  quietly(`${run.name}'s log is not rotated`, rotateOwnLog);
  quietly(`nobody is told how ${run.name} went`, () => {
    const isBad = status !== 0;
    const hasNews = isBad ? noteFailure(run) : noteSuccess(run);
    if (run.ping !== undefined)
      queuePing(run.name, isBad ? "fail" : "success", lastAttempt(run).id, run.ping);
    else if (hasNews) startSender();
  });
}

/** Whoever started it at a terminal sees how it ended, and needs no mail about it. */
function noteFailure(run: ToldRun): boolean {
  if (isAtTerminal()) return false;
  const { id, state, exit_status, finished_at } = lastAttempt(run);
  const openedAt = finished_at ?? Date.now();
  closeQuietly(run.name, "overdue", openedAt);
  closeQuietly(run.name, "slow", openedAt);
  return openIncident({
    name: run.name,
    kind: "failing",
    reason: failureReason(state, exit_status),
    runId: id,
    openedAt,
  });
}

function noteSuccess(run: ToldRun): boolean {
  if (!mayHaveIncident(run.name)) return false;
  return closeIncidents(run.name, { runId: lastAttempt(run).id, at: Date.now() });
}

/** "failed with exit status 1", "timed out", "was lost": what stands behind the command's name in a notice. */
export function failureReason(state: RunState, exitStatus: number | null): string {
  if (state === "timed_out") return "timed out";
  if (state === "lost") return "ended without a word (killed, out of memory, or the machine went down)";
  return `failed with exit status ${exitStatus ?? "unknown"}`;
}

function queuePing(name: string, event: "start" | "success" | "fail", runId: number, url: string): void {
  const createdAt = Date.now();
  addPing({ name, event, runId, createdAt, url });
  if (!isSenderComing(createdAt)) startSender();
}

/** The row of the attempt that decided: retries are rows of their own. */
function lastAttempt(run: ToldRun): AttemptRow {
  const { name } = run;
  const runId = rowId(run);
  return ledger()
    .prepare(
      `SELECT id, state, exit_status, finished_at FROM runs
       WHERE name = @name AND (id = @runId OR (id > @runId AND attempt > 1)) ORDER BY id DESC LIMIT 1`,
    )
    .get({ name, runId }) as AttemptRow;
}

function rowId({ name, key }: ToldRun): number {
  const id = idOfRun(key);
  if (id === undefined) throw new Error(`the ledger has no such run of ${name}`);
  return id;
}

interface AttemptRow {
  id: number;
  state: RunState;
  exit_status: number | null;
  finished_at: number | null;
}

/** cron's `>> X.log` has a file that is too large open now; the next run gets a new one. */
function rotateOwnLog(): void {
  const limits = logLimits();
  if ((outputSize() ?? 0) <= limits.maxBytes) return;
  const file = outputFile()?.file;
  if (file?.startsWith(`${paths.logs}${sep}`) && file.endsWith(".log")) rotateLogs([file], limits);
}

/** Book-keeping never changes how a run ends. */
function quietly(failure: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    tell(`${failure}: ${error.message}`);
  }
}
