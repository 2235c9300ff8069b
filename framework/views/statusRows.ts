import { nextStart, type StartedHere } from "../catalog/nextStarts";
import { isForEnvironment, scheduledHere } from "../catalog/scheduledHere";
import { environmentName } from "../config/config";
import { type CrontabHealth, crontabHealth } from "../crontab/install/crontabHealth";
import { installedEnvironment } from "../crontab/install/installedOptions";
import type { readCrontab } from "../crontab/install/systemCrontab";
import { ledgerLock } from "../doctor/app/ledgerLock";
import type { CheckResult } from "../doctor/check";
import { type CheckContext, checkContext } from "../doctor/checkContext";
import { localChecks, runLocalChecks } from "../doctor/localChecks";
import { sentence } from "../doctor/troubleText";
import { cronSummary } from "../host/hostCron";
import type { TargetOptions } from "../host/installation";
import type { DeployedCommand } from "../metadata/overrides";
import { type RunHistory, type Trouble, troublesOf } from "../runs/history/health";
import { markLostRuns } from "../runs/history/lostRuns";
import { runHistories } from "../runs/history/runHistory";
import type { Run } from "../runs/ledger/run";
import { pauseOf } from "../runs/supervision/pause";
import type { HostClock } from "../schedule/times/nextRuns";

/** A command's state: a row of `status`. */
export interface StatusRow {
  name: string;
  enabled: boolean;
  /** Whether this host should start the command: it has a schedule, is enabled and meant for this environment. */
  isScheduled: boolean;
  /** Whether the crontab or another scheduler on this host starts the command. */
  isInstalled: boolean;
  /** The environments for which the command is meant; null means all. */
  environments: string[] | null;
  /** Whether the current environment is one of the command's environments. */
  isMeantHere: boolean;
  last: Run | null;
  running: Run | null;
  isRetrying: boolean;
  /** Whether scheduled starts are skipped until someone resumes the command. */
  isPaused: boolean;
  /** Starts skipped since the last run began. */
  skipped: number;
  /** The other server that ran the command at its latest scheduled time (`oneServer`). */
  ranElsewhere: string | null;
  /** When the command starts next; null if nothing will start it. */
  nextRun: string | null;
  troubles: Trouble[];
}

export interface Status {
  commands: StatusRow[];
  crontab: Pick<CrontabHealth, "state" | "message" | "hint" | "isBad">;
  /** The cron that serves this host. */
  cron?: ReturnType<typeof cronSummary>;
  /** Problems that keep commands from running or the ledger from being read. */
  health?: CheckResult[];
  /** One sentence for each problem that needs attention. */
  needsPerson: string[];
}

/**
 * The inputs of a status. A caller that needs the status repeatedly can pass cached versions of the expensive inputs.
 */
export interface StatusSources {
  checkContext: typeof checkContext;
  runLocalChecks: typeof runLocalChecks;
  runHistories: typeof runHistories;
}

const freshSources: StatusSources = { checkContext, runLocalChecks, runHistories };

/** Reads the state of the commands. `all` has every command of the build, `shown` the ones to show. */
export function readStatus(
  all: readonly DeployedCommand[],
  shown: readonly DeployedCommand[],
  clock: HostClock,
  asked: TargetOptions,
  sources: StatusSources = freshSources,
): Status {
  const context = sources.checkContext(asked.user);
  const { read, cron, isInstalled } = context;
  const local = [...sources.runLocalChecks(context, ["crontab"])];
  const { runHistories: historiesOf } = sources;
  try {
    return statusWith(local, { all, shown, clock, asked, read, cron, isInstalled, historiesOf });
  } catch (error) {
    if (!isLedgerTrouble(error)) throw error;
    const health = withLedgerTrouble(local, error);
    const crontab = { state: "unknown", message: "", isBad: false } as const;
    return { commands: [], crontab, cron: cronSummary(cron()), health, needsPerson: sentencesOf(health) };
  }
}

interface Reading {
  all: readonly DeployedCommand[];
  shown: readonly DeployedCommand[];
  clock: HostClock;
  asked: TargetOptions;
  read: typeof readCrontab;
  cron: CheckContext["cron"];
  isInstalled: CheckContext["isInstalled"];
  historiesOf: typeof runHistories;
}

function statusWith(local: CheckResult[], reading: Reading): Status {
  const { all, shown, clock, asked, read, cron, isInstalled, historiesOf } = reading;
  markLostRuns();
  const env = asked.env ?? installedEnvironment(asked, read);
  const here = scheduledHere(all, env).map(({ name }) => name);
  const isHere = new Set(here);
  const histories = historiesOf([...new Set([...shown.map(({ name }) => name), ...here])]);
  const {
    target: _,
    since,
    ...crontab
  } = crontabHealth(
    asked,
    here.map((name) => histories.get(name) as RunHistory),
    read,
  );
  const commands = shown.map((command) =>
    statusRow(command, histories.get(command.name) as RunHistory, clock, {
      isScheduled: isHere.has(command.name),
      environment: env ?? environmentName(),
      isInstalled,
      since: since(command.name),
    }),
  );
  const troubles = commands.flatMap(({ name, troubles }) =>
    troubles.filter((one) => one.acknowledged === undefined).map(({ text }) => `${name} ${text}`),
  );
  const health = inOrder([...local, crontabFinding(crontab)]);
  return {
    commands,
    crontab,
    cron: cronSummary(cron()),
    health,
    needsPerson: [...troubles, ...sentencesOf(health)],
  };
}

function crontabFinding({ isBad, message, hint }: Status["crontab"]): CheckResult {
  return { name: "crontab", state: isBad ? "bad" : "fine", message, cure: hint };
}

function inOrder(health: CheckResult[]): CheckResult[] {
  const names = localChecks.map(({ name }) => name);
  return health.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

function sentencesOf(health: readonly CheckResult[]): string[] {
  return health.filter(({ state }) => state === "bad").map(({ message }) => sentence(message));
}

/** Whether the error means that the ledger cannot be read. `status` then still shows everything else. */
function isLedgerTrouble(error: Error & { code?: string }): boolean {
  return /^(SQLITE_|E_SQLITE_OPEN|E_LEDGER)/.test(String(error.code));
}

function withLedgerTrouble(health: CheckResult[], error: Error): CheckResult[] {
  if (health.some(({ name, state }) => name === ledgerLock.name && state === "bad")) return health;
  const { message } = error;
  if (health.some((one) => one.state === "bad" && one.message === message)) return health;
  const cure = "Run `node laju doctor` for details. Commands still run and write to the journal.";
  return [
    ...health,
    { name: "ledger", state: "bad", message: `the ledger cannot be read: ${message}`, cure },
  ];
}

export function statusRow(
  command: DeployedCommand,
  history: RunHistory,
  clock: HostClock,
  here: StartedHere & { isScheduled: boolean; since: number | null },
): StatusRow {
  const { name, schedules, timezone, overlap, enabled, environments } = command;
  const { last, running, isRetrying, skipped, ranElsewhere } = history;
  const isMeantHere = isForEnvironment(here.environment, command);
  const isOver = !enabled || (schedules.length > 0 && !isMeantHere);
  return {
    name,
    enabled,
    isScheduled: here.isScheduled,
    isInstalled: here.isInstalled(name),
    environments,
    isMeantHere,
    last,
    running,
    isRetrying,
    isPaused: pauseOf(name, clock.now.getTime()) !== undefined,
    skipped,
    ranElsewhere,
    nextRun: nextStart(command, clock, here)?.toISOString() ?? null,
    // Report no troubles of a command that this host no longer starts, because they would never end.
    troubles: isOver ? [] : troublesOf({ name, schedules, timezone, overlap, ...here }, history, clock),
  };
}
