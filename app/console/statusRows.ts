import { environmentName } from "../config";
import { type RunHistory, type Trouble, troublesOf } from "../runs/health";
import { markLostRuns } from "../runs/lostRuns";
import { pauseOf } from "../runs/pause";
import type { Run } from "../runs/run";
import { runHistories } from "../runs/runHistory";
import { type HostClock, nextRuns } from "../schedule/nextRuns";
import type { DeployedCommand } from "../schedule/overrides";
import { installedEnvironment } from "./asInstalled";
import { type CrontabHealth, crontabHealth } from "./crontabHealth";
import { scheduledHere } from "./crontabRows";
import type { TargetOptions } from "./crontabTarget";
import { isMeantFor } from "./neverHere";
import { readingOnce } from "./systemCrontab";

/** How a command does: a row of `status`. */
export interface StatusRow {
  name: string;
  enabled: boolean;
  /** Whether it belongs on this host's schedule: enabled, and meant for this environment. */
  isScheduled: boolean;
  /** The environments that it is meant for; null: all. */
  environments: string[] | null;
  /** Whether this is one of them. */
  isMeantHere: boolean;
  last: Run | null;
  running: Run | null;
  isRetrying: boolean;
  /** Its due starts are skipped until somebody resumes it. */
  isPaused: boolean;
  /** Starts that were skipped since the last run began. */
  skipped: number;
  /** The server that ran the latest start instead of this one (`oneServer`). */
  ranElsewhere: string | null;
  nextRun: string | null;
  troubles: Trouble[];
}

export interface Status {
  commands: StatusRow[];
  crontab: Pick<CrontabHealth, "state" | "message" | "hint" | "isBad">;
  /** One sentence for each thing that needs a person. */
  needsPerson: string[];
}

/** Reads how the commands do. `all` are those of the build, of which `shown` are asked for. */
export function readStatus(
  all: readonly DeployedCommand[],
  shown: readonly DeployedCommand[],
  clock: HostClock,
  options: TargetOptions,
): Status {
  markLostRuns();
  const read = readingOnce();
  const env = options.env ?? installedEnvironment(options, read);
  const here = scheduledHere([...all], env).map(({ name }) => name);
  const histories = runHistories([...new Set([...shown.map(({ name }) => name), ...here])]);
  const {
    target: _,
    since,
    ...crontab
  } = crontabHealth(
    { ...options, env },
    here.map((name) => histories.get(name) as RunHistory),
    read,
  );
  const commands = shown.map((command) =>
    statusRow(command, histories.get(command.name) as RunHistory, clock, {
      isScheduled: here.includes(command.name),
      isMeantHere: isMeantFor(env ?? environmentName(), command),
      since: since(command.name),
    }),
  );
  const troubles = commands.flatMap(({ name, troubles }) => troubles.map(({ text }) => `${name} ${text}`));
  return { commands, crontab, needsPerson: [...troubles, ...(crontab.isBad ? [crontab.message] : [])] };
}

export function statusRow(
  command: DeployedCommand,
  history: RunHistory,
  clock: HostClock,
  here: { isScheduled: boolean; isMeantHere: boolean; since: number | null },
): StatusRow {
  const { name, schedules, timezone, overlap, enabled, environments } = command;
  const { last, running, isRetrying, skipped, ranElsewhere } = history;
  const [next] = here.isScheduled ? nextRuns(command, clock, 1) : [];
  return {
    name,
    enabled,
    isScheduled: here.isScheduled,
    environments,
    isMeantHere: here.isMeantHere,
    last,
    running,
    isRetrying,
    isPaused: pauseOf(name, clock.now.getTime()) !== undefined,
    skipped,
    ranElsewhere,
    nextRun: next?.toISOString() ?? null,
    troubles: troublesOf({ name, schedules, timezone, overlap, ...here }, history, clock),
  };
}
