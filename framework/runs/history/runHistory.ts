import { hostName, lifeOf } from "../../process/thisProcess";
import { openIncidents } from "../ledger/incidents";
import { ledger } from "../ledger/ledgerFile";
import type { Run, RunState } from "../ledger/run";
import { type RunRow, toRun } from "../ledger/runRow";
import { overlapSkips } from "./blockingRuns";
import type { RunHistory } from "./health";
import { holderIn } from "./runText";

/** How many of a command's newest rows to read. */
const newestRows = 25;

interface BriefRow {
  id: number;
  state: RunState;
  started_at: number;
  finished_at: number | null;
  attempt: number;
  message: string | null;
}

/** What the ledger knows about these commands. Takes a few short indexed reads per command, whatever the ledger's size. */
export function runHistories(names: readonly string[]): Map<string, RunHistory> {
  const incidents = openIncidents();
  const read = rowReader();
  const newest = ledger().prepare(
    `SELECT id, state, started_at, finished_at, attempt, message FROM runs WHERE name = ? ORDER BY id DESC LIMIT ${newestRows}`,
  );
  return new Map(
    names.map((name) => {
      const own = incidents.filter((incident) => incident.name === name);
      return [name, historyOf(name, newest.all(name) as BriefRow[], own, read)];
    }),
  );
}

type RowReader = (id: number | undefined) => RunRow | undefined;

/** Prepares the query once for all commands, because preparing it takes longer than reading a row. */
function rowReader(): RowReader {
  const row = ledger().prepare("SELECT * FROM runs WHERE id = ?");
  return (id) => (id === undefined ? undefined : (row.get(id) as RunRow | undefined));
}

function historyOf(
  name: string,
  rows: BriefRow[],
  incidents: RunHistory["incidents"],
  read: RowReader,
): RunHistory {
  const running = read(rows.find(({ state }) => state === "running")?.id) ?? earlierRunning(name, rows);
  const ended = read(rows.find(isEnded)?.id) ?? earlierEnded(name, rows);
  const last = running !== undefined && running.id > (ended?.id ?? 0) ? running : ended;
  return {
    last: runOf(last),
    lastEnded: runOf(ended),
    running: runOf(running),
    lastStart: rows[0]?.started_at ?? null,
    blocked: running === undefined ? 0 : overlapSkips(name, running.id),
    skipped: skippedSince(name, rows, last?.id ?? 0),
    ranElsewhere: rows[0]?.state === "skipped" ? holderIn(rows[0].message) : null,
    durations: rows.filter(({ state }) => state === "succeeded").map(lasted),
    isRetrying: running === undefined && isFirstAlive(rows, read),
    incidents,
  };
}

function isEnded({ state }: BriefRow): boolean {
  return state !== "running" && state !== "skipped";
}

function lasted(row: BriefRow): number {
  return (row.finished_at ?? row.started_at) - row.started_at;
}

/** The run in progress, if so many starts were skipped since it began that it is not among the rows we read. */
function earlierRunning(name: string, rows: BriefRow[]): RunRow | undefined {
  if (rows.length < newestRows) return undefined;
  return ledger()
    .prepare("SELECT * FROM runs INDEXED BY runs_open WHERE state = 'running' AND name = ?")
    .get(name) as RunRow | undefined;
}

function earlierEnded(name: string, rows: BriefRow[]): RunRow | undefined {
  if (rows.length < newestRows) return undefined;
  return ledger()
    .prepare(
      `SELECT * FROM runs WHERE name = ? AND id < ? AND state NOT IN ('running', 'skipped')
       ORDER BY id DESC LIMIT 1`,
    )
    .get(name, rows.at(-1)?.id) as RunRow | undefined;
}

function skippedSince(name: string, rows: BriefRow[], id: number): number {
  const newest = rows.findIndex((row) => row.id <= id);
  if (newest >= 0 || rows.length < newestRows) {
    return rows.slice(0, newest < 0 ? rows.length : newest).filter(({ state }) => state === "skipped").length;
  }
  const row = ledger()
    .prepare("SELECT count(*) AS count FROM runs WHERE name = ? AND id > ? AND state = 'skipped'")
    .get(name, id) as { count: number };
  return row.count;
}

/** Whether the process of the first attempt, which starts the retries, is still alive. */
function isFirstAlive(rows: BriefRow[], read: RowReader): boolean {
  const first = read(rows.find((row) => isEnded(row) && row.attempt === 1)?.id);
  return first !== undefined && first.host === hostName() && lifeOf(first.pid, first.process) === "alive";
}

function runOf(row: RunRow | undefined): Run | null {
  return row === undefined ? null : toRun(row);
}
