import { badRunsSince, type RunCell, runCells } from "../../runs/reportRuns";
import type { Run } from "../../runs/run";
import { outputTail } from "../../runs/runOutput";
import type { HostClock } from "../../schedule/nextRuns";
import type { DeployedCommand } from "../../schedule/overrides";
import { readStatus, type Status, type StatusRow } from "../statusRows";

/** How many stretches a timeline has, whatever time it shows: with seven days, hours. */
export const cellCount = 168;
const mostFailures = 30;
const mostOutput = 4_000;

export interface ReportData {
  app: string;
  host: string;
  clock: HostClock;
  days: number;
  from: number;
  cellMs: number;
  status: Pick<Status, "crontab" | "needsPerson">;
  commands: ReportCommand[];
  failures: ReportFailure[];
}

export interface ReportCommand {
  name: string;
  description: string;
  /** undefined for a command that is no longer there. */
  row: StatusRow | undefined;
  cells: RunCell[];
}

export interface ReportFailure {
  run: Run;
  output: string;
}

/** Reads all that a report shows. Commands that are gone, and have runs, come last. */
export function readReport(
  commands: readonly DeployedCommand[],
  { app, host, clock, days }: Pick<ReportData, "app" | "host" | "clock" | "days">,
): ReportData {
  const cellMs = Math.ceil((days * 86_400_000) / cellCount);
  // The last stretch is the one in which it is now.
  const to = Math.ceil((clock.now.getTime() + 1) / cellMs) * cellMs;
  const from = to - cellCount * cellMs;
  const status = readStatus(commands, commands, clock, {});
  const cells = byName(runCells({ from, to, cellMs }));
  const known = new Set(commands.map(({ name }) => name));
  const gone = [...cells.keys()].filter((name) => !known.has(name));
  return {
    app,
    host,
    clock,
    days,
    from,
    cellMs,
    status,
    commands: [
      ...commands.map(({ name, description }) => ({
        name,
        description,
        row: status.commands.find((row) => row.name === name),
        cells: cells.get(name) ?? [],
      })),
      ...gone.map((name) => ({ name, description: "", row: undefined, cells: cells.get(name) ?? [] })),
    ],
    failures: badRunsSince(from, mostFailures).map((run) => ({ run, output: outputTail(run, mostOutput) })),
  };
}

function byName(cells: RunCell[]): Map<string, RunCell[]> {
  const groups = new Map<string, RunCell[]>();
  for (const cell of cells) groups.set(cell.name, [...(groups.get(cell.name) ?? []), cell]);
  return groups;
}
