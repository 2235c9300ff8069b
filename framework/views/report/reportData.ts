import type { DeployedCommand } from "../../metadata/overrides";
import { findRun } from "../../runs/history/findRuns";
import { badRuns, type RunCell, runCells, type StartCount, startCounts } from "../../runs/history/reportRuns";
import { readableTail } from "../../runs/history/runOutput";
import type { Run } from "../../runs/ledger/run";
import type { HostClock } from "../../schedule/times/nextRuns";
import { needsAttention } from "../statusOrder";
import { readStatus, type Status, type StatusRow } from "../statusRows";
import { type FailureGroup, groupFailures } from "./failureGroups";
import type { QueueReport } from "./readQueue";

/** How many cells a timeline has, whatever period it shows. With seven days, a cell is an hour. */
export const cellCount = 168;
/** How many causes to show, and how many failures to show with their output. */
const maxFailures = 30;
const maxOutput = 4_000;

export interface ReportData {
  app: string;
  host: string;
  clock: HostClock;
  days: number;
  from: number;
  cellMs: number;
  status: Pick<Status, "crontab" | "needsPerson">;
  /** Failing commands first. */
  commands: ReportCommand[];
  failures: ReportFailures;
  queue: QueueReport;
}

export interface ReportCommand {
  name: string;
  description: string;
  /** undefined for a command that no longer exists. */
  row: StatusRow | undefined;
  cells: RunCell[];
  starts: Starts;
}

/** How a command's starts ended. A start that was retried counts once. */
export interface Starts {
  succeeded: number;
  failed: number;
  running: number;
  skipped: number;
}

export interface ReportFailures {
  /** All failures, including attempts that were retried. */
  total: number;
  groupCount: number;
  shown: ShownGroup[];
}

export interface ShownGroup extends Omit<FailureGroup, "newest"> {
  newest: ReportFailure[];
}

export interface ReportFailure {
  run: Run;
  output: string;
}

/** Reads everything a report shows about commands. Removed commands that still have runs come after existing ones. */
export function readReport(
  commands: readonly DeployedCommand[],
  { app, host, clock, days }: Pick<ReportData, "app" | "host" | "clock" | "days">,
): Omit<ReportData, "queue" | "status"> & { status: Status } {
  const cellMs = Math.ceil((days * 86_400_000) / cellCount);
  // The last cell is the one that contains the current time.
  const to = Math.ceil((clock.now.getTime() + 1) / cellMs) * cellMs;
  const span = { from: to - cellCount * cellMs, to };
  const status = readStatus(commands, commands, clock, {});
  const cells = cellsByName(runCells({ ...span, cellMs }));
  const starts = startsByName(startCounts(span));
  const known = new Map(commands.map((command) => [command.name, command]));
  const names = [...new Set([...known.keys(), ...cells.keys()])];
  const rows = new Map(status.commands.map((row) => [row.name, row]));
  const all = names.map((name) => ({
    name,
    description: known.get(name)?.description ?? "",
    row: rows.get(name),
    cells: cells.get(name) ?? [],
    starts: starts.get(name) ?? noStarts,
  }));
  return {
    ...{ app, host, clock, days, cellMs, status },
    from: span.from,
    commands: all.sort((a, b) => urgency(b) - urgency(a) || b.starts.failed - a.starts.failed),
    failures: readFailures(span, status.commands),
  };
}

/** A command's rank in the report: 2 if it needs attention now, 1 if it failed in this period, 0 otherwise. */
function urgency({ row, starts }: ReportCommand): number {
  if (row !== undefined && needsAttention(row)) return 2;
  return starts.failed > 0 ? 1 : 0;
}

function readFailures(span: { from: number; to: number }, rows: readonly StatusRow[]): ReportFailures {
  const failing = rows.filter(needsAttention);
  const current = new Set(failing.flatMap(({ last }) => (last === null ? [] : [last.id])));
  const groups = groupFailures(badRuns(span), { keep: maxFailures, current });
  const first = groups.slice(0, maxFailures);
  const shares = distribute(
    first.map(({ newest }) => newest.length),
    maxFailures,
  );
  return {
    total: groups.reduce((sum, { count }) => sum + count, 0),
    groupCount: groups.length,
    shown: first.map((group, index) => ({
      ...group,
      newest: group.newest.slice(0, shares[index]).flatMap(failureOf),
    })),
  };
}

/** Distributes `total` among the shares, one unit at a time, so that no share gets more than it wants. */
function distribute(wanted: readonly number[], total: number): number[] {
  const shares = wanted.map(() => 0);
  let left = Math.min(
    total,
    wanted.reduce((sum, one) => sum + one, 0),
  );
  for (let turn = 0; left > 0; turn = (turn + 1) % wanted.length) {
    if ((shares[turn] as number) === wanted[turn]) continue;
    shares[turn] = (shares[turn] as number) + 1;
    left -= 1;
  }
  return shares;
}

function failureOf(id: number): ReportFailure[] {
  const run = findRun(id);
  return run === undefined ? [] : [{ run, output: readableTail(run, maxOutput) }];
}

function cellsByName(cells: RunCell[]): Map<string, RunCell[]> {
  const groups = new Map<string, RunCell[]>();
  for (const cell of cells) {
    const group = groups.get(cell.name);
    if (group === undefined) groups.set(cell.name, [cell]);
    else group.push(cell);
  }
  return groups;
}

const noStarts: Starts = { succeeded: 0, failed: 0, running: 0, skipped: 0 };

function startsByName(counts: StartCount[]): Map<string, Starts> {
  const starts = new Map<string, Starts>();
  for (const { name, state, count } of counts) {
    const own = starts.get(name) ?? { ...noStarts };
    own[state === "timed_out" || state === "lost" ? "failed" : state] += count;
    starts.set(name, own);
  }
  return starts;
}
