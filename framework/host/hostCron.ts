import { existsSync } from "node:fs";
import { type CronProcess, cronProcesses, isDaemonItself, mayServeUs } from "./cronProcesses";
import { type CronFacts, type CronName, cronFacts, parseCronName } from "./crons";
import { type CrontabProgram, crontabProgram } from "./crontabProgram";
import type { TargetOptions } from "./installation";

/** The cron of this host, as far as it can be detected. */
export interface HostCron {
  facts: CronFacts;
  /** The name to show, such as "BusyBox crond 1.35.0". */
  label: string;
  /** Whether the cron was chosen with `--cron`. */
  isNamed: boolean;
  /** The host's running daemons, such as "crond (pid 7)"; undefined if they are not visible. */
  running: string[] | undefined;
  /** A running daemon to which crontab(1) doesn't belong. */
  otherDaemon?: string;
}

/**
 * Determines the cron from `--cron`, or else from crontab(1), or else from the running daemon. If none of these
 * identifies it, assumes Debian's.
 */
export function hostCron({ cron }: Pick<TargetOptions, "cron"> = {}): HostCron {
  const daemons = runningDaemons();
  const running = daemons?.map(textOf);
  const named = cron === undefined ? undefined : parseCronName(cron);
  if (named !== undefined) {
    const facts = cronFacts(named);
    return { facts, label: facts.label, isNamed: true, running };
  }
  const program = crontabProgram();
  const name = nameOf(program, daemons);
  const facts = cronFacts(name);
  const own = daemons?.find((daemon) => (daemon.cron ?? name) === name);
  const other = own === undefined ? daemons?.[0] : undefined;
  return {
    facts,
    label: labelOf(facts, program),
    isNamed: false,
    // The first in the list is the daemon that crontab(1) belongs to.
    running: own === undefined ? running : [...new Set([textOf(own), ...(running ?? [])])],
    ...(other !== undefined && { otherDaemon: textOf(other) }),
  };
}

/**
 * The facts about the cron of this host. Avoids searching for running daemons if possible, because that reads
 * information about every process.
 */
export function hostCronFacts({ cron }: Pick<TargetOptions, "cron"> = {}): CronFacts {
  const named = cron === undefined ? undefined : parseCronName(cron);
  const known = named ?? crontabProgram()?.cron;
  return cronFacts(known ?? nameOf(crontabProgram(), runningDaemons()));
}

function runningDaemons(): CronProcess[] | undefined {
  return cronProcesses()?.filter(({ pid }) => isDaemonItself(pid) && mayServeUs(pid));
}

function nameOf(program: CrontabProgram | undefined, daemons: CronProcess[] | undefined): CronName {
  const byDaemon = daemons?.find((daemon) => daemon.cron !== undefined)?.cron;
  return program === undefined ? (byDaemon ?? "debian") : (program.cron ?? byDaemon ?? "unknown");
}

function textOf({ program, pid }: CronProcess): string {
  return `${program} (pid ${pid})`;
}

function labelOf({ name, label }: CronFacts, program: CrontabProgram | undefined): string {
  return program?.version !== undefined && program.cron === name ? `${label} ${program.version}` : label;
}

/** The facts included in `status --json`. */
export function cronSummary(cron: HostCron) {
  const { facts, label, isNamed, running } = cron;
  return { name: facts.name, label, isNamed, running: running ?? null, limits: facts.limits };
}

/**
 * A sentence such as "Written for BusyBox crond 1.35.0, which cannot …"; undefined for Debian's cron, which needs no
 * adaptation.
 */
export function cronNote({ facts, label, isNamed }: HostCron): string | undefined {
  if (facts.name === "debian" && !isNamed) return undefined;
  return `Written for ${label}${facts.limits.length === 0 ? "" : `, which ${facts.limits.join(", ")}`}`;
}

/** systemd-cron has no daemon: a generator turns crontabs into timers, which systemd starts. */
export function isSystemdCronActive(): boolean {
  return existsSync("/run/systemd/generator/cron.target.wants");
}

/** The cron's name without its version. */
export function hostCronName(options: Pick<TargetOptions, "cron"> = {}): CronName {
  return hostCronFacts(options).name;
}
