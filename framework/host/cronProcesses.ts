import { readlinkSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import type { CronName } from "./crons";
import { isInOur, type RunningProgram, runningPrograms, wordsOf } from "./runningPrograms";

/** A running cron daemon. */
export interface CronProcess extends RunningProgram {
  /**
   * The cron implementation that the daemon belongs to; undefined for `crond`, a name that several implementations use.
   */
  cron: CronName | undefined;
}

/** Daemons by process name, which the kernel truncates to 15 characters. */
const daemons: Record<string, CronName | undefined> = {
  cron: "debian",
  crond: undefined,
  "bcron-sched": "bcron",
  fcron: "unknown",
  supercronic: "unknown",
  "busybox-cron": "busybox",
};

/** The running cron daemons; undefined if processes are not visible. */
export function cronProcesses(running = runningPrograms()): CronProcess[] | undefined {
  return running?.flatMap((one) => asDaemon(one) ?? []);
}

function asDaemon(one: RunningProgram): CronProcess | undefined {
  if (one.program === "busybox" && isCrond(one.pid)) return { ...one, program: "crond", cron: "busybox" };
  if (!Object.hasOwn(daemons, one.program)) return undefined;
  const cron = one.program === "crond" && isBusyBox(one.pid) ? "busybox" : daemons[one.program];
  return { ...one, cron };
}

/** Whether the command line begins with `crond` or `busybox crond`. */
function isCrond(pid: string): boolean {
  return wordsOf(pid)
    .slice(0, 2)
    .some((word) => basename(word) === "crond");
}

/**
 * Whether a `crond` is BusyBox's. Only root can see which program another user's process runs, so any other user checks
 * the installed crond instead.
 */
function isBusyBox(pid: string): boolean {
  return [() => readlinkSync(`/proc/${pid}/exe`), ...crondPaths.map((path) => () => realpathSync(path))].some(
    (look) => {
      try {
        return /^busybox/.test(basename(look()));
      } catch {
        return false;
      }
    },
  );
}

const crondPaths = ["/usr/sbin/crond", "/sbin/crond"];

/**
 * Whether a process is the daemon itself. Its child processes, which wait for jobs, have the daemon's name too (in
 * capitals on Debian and Red Hat), and can outlive it by hours. Zombies, which have no arguments, don't count either:
 * in a container whose first process doesn't reap children, an exited daemon remains as a zombie.
 */
export function isDaemonItself(pid: string): boolean {
  const [program] = wordsOf(pid);
  // The arguments are empty if this user is not allowed to see them.
  return program === undefined || (program !== "" && !/^CROND?$/.test(basename(program)));
}

/**
 * Whether this daemon could start our commands. A daemon in another container couldn't. True if this user is not
 * allowed to see the process's container.
 */
export function mayServeUs(pid: string): boolean {
  try {
    return isInOur("pid", pid);
  } catch {
    return true;
  }
}
