import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { lifeOf } from "../../runs/thisProcess";
import type { Holder } from "../engine";

/**
 * Whether nobody will finish what this holder has. On the same host the process itself is looked at: one that
 * computes for long misses its heartbeats and is alive. Elsewhere the lease decides.
 */
export function isDead({ host, pid, identity, lease }: Holder): boolean {
  if (lease === null || host === null || pid === null) return true;
  const life = host === hostname() ? lifeOf(pid, identity) : "unknown";
  if (life === "gone") return true;
  if (life === "unknown") return lease.isOver;
  const state = processState(pid);
  // Dead, and its parent has not asked yet; or stopped (SIGSTOP) for longer than a lease.
  return state === "Z" || state === "X" || (lease.isOver && (state === "T" || state === "t"));
}

/** proc(5), /proc/PID/stat field 3. */
function processState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return undefined; // It has gone meanwhile: the next look sees that.
  }
}
