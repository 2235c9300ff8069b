import { readlinkSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import type { CronName } from "./crons";
import { isInOur, type RunningProgram, runningPrograms, wordsOf } from "./runningPrograms";

/** A running cron daemon. */
export interface CronProcess extends RunningProgram {
  /** The cron to which the daemon belongs. Undefined for a `crond`, which several crons have. */
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

/** `crond`, or `busybox crond`. */
function isCrond(pid: string): boolean {
  return wordsOf(pid)
    .slice(0, 2)
    .some((word) => basename(word) === "crond");
}

/** Only root can see which program another user's process runs, so other users check the installed crond. */
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
 * Whether a process is the daemon itself. Child processes that wait for a job have the daemon's name too (in capitals
 * on Debian and Red Hat), and can outlive it by hours. Zombies, which have no arguments, don't count either: in a
 * container whose first process doesn't reap children, an exited daemon remains as a zombie.
 */
export function isDaemonItself(pid: string): boolean {
  const [program] = wordsOf(pid);
  // The arguments are empty if this user is not allowed to see them.
  return program === undefined || (program !== "" && !/^CROND?$/.test(basename(program)));
}

/**
 * Whether this daemon could start our commands: not one in a container. Only root can find that out for other users'
 * processes.
 */
export function mayServeUs(pid: string): boolean {
  try {
    return isInOur("pid", pid);
  } catch {
    return true;
  }
}
