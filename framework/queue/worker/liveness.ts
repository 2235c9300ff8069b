import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isOfOtherBoot, lifeOf } from "../../process/thisProcess";
import type { Holder } from "../engine";

/**
 * Whether a worker is dead and will never finish its jobs. If its process is visible from here, checks the process,
 * because a busy process misses heartbeats but is alive. Otherwise the lease decides.
 */
export function isDead({ host, pid, identity, lease }: Holder): boolean {
  if (lease === null || host === null || pid === null) return true;
  // A different boot id may mean a different machine with the same name.
  const canLook = host === hostname() && !isOfOtherBoot(identity);
  const life = canLook ? lifeOf(pid, identity) : "unknown";
  if (life === "gone") return true;
  if (life === "unknown") return lease.isOver;
  const state = processState(pid);
  // The process is a zombie, or has been stopped (SIGSTOP) for longer than a lease.
  return state === "Z" || state === "X" || (lease.isSilent && (state === "T" || state === "t"));
}

/** The state of a process: field 3 of /proc/PID/stat (proc(5)). */
function processState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return undefined; // The process has just exited, which the next check will find.
  }
}
