import { existsSync } from "node:fs";
import { type CronProcess, cronProcesses, isDaemonItself, mayServeUs } from "./cronProcesses";
import { type CronFacts, type CronName, cronFacts, parseCronName } from "./crons";
import { type CrontabProgram, crontabProgram } from "./crontabProgram";
import type { TargetOptions } from "./installation";

/** The cron that serves this host, as far as it can be told. */
export interface HostCron {
  facts: CronFacts;
  /** "BusyBox crond 1.35.0". */
  label: string;
  /** Whether `--cron` said so. */
  isNamed: boolean;
  /** The running daemons of this host, such as "crond (pid 7)"; undefined where nobody can tell. */
  running: string[] | undefined;
  /** A daemon that runs here and is not the one that crontab(1) belongs to. */
  otherDaemon?: string;
}

/** What `--cron` says, else what crontab(1) says of itself, else which daemon runs. A host without any counts as Debian's. */
export function hostCron({ cron }: Pick<TargetOptions, "cron"> = {}): HostCron {
  const daemons = cronProcesses()?.filter(({ pid }) => isDaemonItself(pid) && mayServeUs(pid));
  const running = daemons?.map(textOf);
  const named = cron === undefined ? undefined : parseCronName(cron);
  if (named !== undefined) {
    const facts = cronFacts(named);
    return { facts, label: facts.label, isNamed: true, running };
  }
  const program = crontabProgram();
  const byDaemon = daemons?.find((daemon) => daemon.cron !== undefined)?.cron;
  const name = program === undefined ? (byDaemon ?? "debian") : (program.cron ?? byDaemon ?? "unknown");
  const facts = cronFacts(name);
  const own = daemons?.find((daemon) => (daemon.cron ?? name) === name);
  const other = own === undefined ? daemons?.[0] : undefined;
  return {
    facts,
    label: labelOf(facts, program),
    isNamed: false,
    // Its own daemon first.
    running: own === undefined ? running : [...new Set([textOf(own), ...(running ?? [])])],
    ...(other !== undefined && { otherDaemon: textOf(other) }),
  };
}

function textOf({ program, pid }: CronProcess): string {
  return `${program} (pid ${pid})`;
}

function labelOf({ name, label }: CronFacts, program: CrontabProgram | undefined): string {
  return program?.version !== undefined && program.cron === name ? `${label} ${program.version}` : label;
}

/** What programs that read `status --json` are told of it. */
export function cronSummary(cron: HostCron) {
  const { facts, label, isNamed, running } = cron;
  return { name: facts.name, label, isNamed, running: running ?? null, limits: facts.limits };
}

/** "For BusyBox crond 1.35.0, which cannot …": undefined for Debian's, which laju's lines need nothing for. */
export function cronNote({ facts, label, isNamed }: HostCron): string | undefined {
  if (facts.name === "debian" && !isNamed) return undefined;
  return `Written for ${label}${facts.limits.length === 0 ? "" : `, which ${facts.limits.join(", ")}`}`;
}

/** systemd-cron has no daemon: systemd itself starts the timers that a generator makes of crontabs. */
export function isSystemdCronActive(): boolean {
  return existsSync("/run/systemd/generator/cron.target.wants");
}

/** Its name alone. */
export function hostCronName(options: Pick<TargetOptions, "cron"> = {}): CronName {
  return hostCron(options).facts.name;
}
