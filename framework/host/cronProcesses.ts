import { readlinkSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import type { CronName } from "./crons";
import { isInOur, type RunningProgram, runningPrograms, wordsOf } from "./runningPrograms";

/** A running cron daemon. */
export interface CronProcess extends RunningProgram {
  /** Undefined for a `crond` that could be several. */
  cron: CronName | undefined;
}

/** By the name that the kernel shows, which has at most 15 letters. */
const daemons: Record<string, CronName | undefined> = {
  cron: "debian",
  crond: undefined,
  "bcron-sched": "bcron",
  fcron: "unknown",
  supercronic: "unknown",
  "busybox-cron": "busybox",
};

/** The cron daemons among what runs; undefined where that cannot be seen. */
export function cronProcesses(running = runningPrograms()): CronProcess[] | undefined {
  return running?.flatMap((one) => asDaemon(one) ?? []);
}

function asDaemon(one: RunningProgram): CronProcess | undefined {
  const words = wordsOf(one.pid);
  const isApplet = one.program === "busybox" && words.slice(0, 2).some((word) => basename(word) === "crond");
  if (isApplet) return { ...one, program: "crond", cron: "busybox" };
  if (!Object.hasOwn(daemons, one.program)) return undefined;
  const cron = one.program === "crond" && isBusyBox(one.pid) ? "busybox" : daemons[one.program];
  return { ...one, cron };
}

/** Which program another user's process runs, only root sees; the installed crond has to do then. */
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
 * The process that waits for a job has the daemon's name too, in capitals where Debian's and Red Hat's write it, and may
 * outlive the daemon by hours. And in a container whose first process waits for nobody, a daemon that has ended stays as a
 * zombie, without words.
 */
export function isDaemonItself(pid: string): boolean {
  const [program] = wordsOf(pid);
  // None where they are not for us to see.
  return program === undefined || (program !== "" && !/^CROND?$/.test(basename(program)));
}

/** A container's daemon starts nothing of ours. Of another user's process only root can tell. */
export function mayServeUs(pid: string): boolean {
  try {
    return isInOur("pid", pid);
  } catch {
    return true;
  }
}
