import type { Database } from "../../services/database/sqliteDriver";
import { isGone } from "../history/lostRuns";
import { failureReason, isLossTrouble, lossText } from "../history/runText";
import { closeIncidents, closeQuietly, openIncident } from "../ledger/incidents";
import type { PendingNotice } from "../ledger/journal";
import { ledger } from "../ledger/ledgerFile";
import type { RunState } from "../ledger/run";
import { lostOutputOf, type RunRow } from "../ledger/runRow";
import { addPing } from "./notices";

/** A notification that has to be sent. The text is a sentence for people, except in a ping. */
export interface DueNotification {
  kind: "failure" | "recovery" | "ping";
  text: string;
}

/**
 * A run that ended longer ago than this, in milliseconds, needs no notification if a later run of its command has
 * ended.
 */
const longestPendingMs = 86_400_000;

/**
 * Opens or closes the incidents of runs whose notification is still due, and writes their pings to the outbox. Each run
 * is handled only once, even if several processes do this. `own` is the key of this process's run, which has ended.
 */
export function processPendingNotices(own?: string, now = Date.now()): DueNotification[] {
  const database = ledger();
  const rows = database
    .prepare("SELECT * FROM runs WHERE untold IS NOT NULL ORDER BY coalesce(finished_at, started_at), id")
    .all() as PendingRow[];
  return rows.flatMap((row) => {
    const notice = JSON.parse(row.untold) as PendingNotice;
    if (notice.isRetried && row.key !== own && isStillRetrying(database, row)) return [];
    return database.transaction(() => handle(database, { row, notice, now })).immediate();
  });
}

interface PendingRow extends RunRow {
  untold: string;
}

interface Pending {
  row: PendingRow;
  notice: PendingNotice;
  now: number;
}

/** Several processes may do this at once. Only the one whose update clears the flag continues. */
function handle(database: Database, { row, notice, now }: Pending): DueNotification[] {
  const { changes } = database
    .prepare("UPDATE runs SET untold = NULL WHERE id = ? AND untold IS NOT NULL")
    .run(row.id);
  if (changes === 0 || isStale(database, row, now)) return [];
  const last = lastAttempt(database, row);
  const state = last.state === "running" ? "lost" : last.state;
  const incident = state === "succeeded" ? recovery(last) : failure(last, { state, notice });
  return [...incident, ...loss(last, notice), ...pingOf(last, { state, notice })];
}

function failure(run: RunRow, { state, notice }: Ending): DueNotification[] {
  if (notice.isAtTerminal) return [];
  const { name, id: runId } = run;
  const endedAt = endOf(run);
  const reason = failureReason({ state, exitStatus: run.exit_status, error: run.error });
  // If a hanging run was stopped, its incident began when the hang was found, not when the run ended.
  const earlier = (["overdue", "slow", "hanging"] as const).map((kind) => closeQuietly(name, kind, endedAt));
  const openedAt = Math.min(endedAt, ...earlier.filter((time) => time !== undefined));
  const isNew = openIncident({ name, kind: "failing", reason, runId, openedAt });
  return isNew ? [{ kind: "failure", text: `${name} ${reason}` }] : [];
}

function recovery(run: RunRow): DueNotification[] {
  const except = isLossTrouble(lostOutputOf(run)) ? "output" : undefined;
  const hasRecovered = closeIncidents(run.name, { runId: run.id, at: endOf(run), except });
  return hasRecovered ? [{ kind: "recovery", text: `${run.name} works again` }] : [];
}

/** The notification about output that could not be written to the log. */
function loss(run: RunRow, { isAtTerminal }: PendingNotice): DueNotification[] {
  const lost = lostOutputOf(run);
  if (isAtTerminal || !isLossTrouble(lost)) return [];
  const incident = { name: run.name, reason: lossText(lost), runId: run.id, openedAt: endOf(run) };
  const isNew = openIncident({ ...incident, kind: "output" });
  return isNew ? [{ kind: "failure", text: `${run.name} ${incident.reason}` }] : [];
}

interface Ending {
  state: RunState;
  notice: PendingNotice;
}

function pingOf(run: RunRow, { state, notice: { ping } }: Ending): DueNotification[] {
  if (ping === undefined) return [];
  const event = state === "succeeded" ? "success" : "fail";
  addPing({ name: run.name, event, runId: run.id, createdAt: endOf(run), url: ping });
  return [{ kind: "ping", text: `${run.name} ${event}` }];
}

function endOf({ finished_at, started_at }: RunRow): number {
  return finished_at ?? started_at;
}

/** The run's latest attempt, because each retry has its own row. */
function lastAttempt(database: Database, row: RunRow): RunRow {
  const last = database
    .prepare("SELECT * FROM runs WHERE retry_of = ? AND state <> 'skipped' ORDER BY id DESC LIMIT 1")
    .get(row.key) as RunRow | undefined;
  return last ?? row;
}

/**
 * Whether the process of the first attempt (which notifies about the final result) or of the last attempt is still
 * alive.
 */
function isStillRetrying(database: Database, row: RunRow): boolean {
  const last = lastAttempt(database, row);
  return !isGone(row) || (last.state === "running" && !isGone(last));
}

function isStale(database: Database, row: RunRow, now: number): boolean {
  return endOf(row) < now - longestPendingMs && hasEndedSince(database, row);
}

function hasEndedSince(database: Database, { id, name, key }: RunRow): boolean {
  const later = database
    .prepare(
      `SELECT 1 FROM runs WHERE name = ? AND id > ? AND state NOT IN ('running', 'skipped') AND retry_of IS NOT ? LIMIT 1`,
    )
    .get(name, id, key ?? "");
  return later !== undefined;
}
