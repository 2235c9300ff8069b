import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isOfOtherBoot, lifeOf } from "../../process/thisProcess";
import type { Holder } from "../engine";

/**
 * Whether nobody will finish what this holder has. Where its process can be seen, that decides: a process that computes
 * for long misses its heartbeats and is alive. Where it can't, the lease decides.
 */
export function isDead({ host, pid, identity, lease }: Holder): boolean {
  if (lease === null || host === null || pid === null) return true;
  // Another boot may be another machine of the same name.
  const canLook = host === hostname() && !isOfOtherBoot(identity);
  const life = canLook ? lifeOf(pid, identity) : "unknown";
  if (life === "gone") return true;
  if (life === "unknown") return lease.isOver;
  const state = processState(pid);
  // Dead, and its parent hasn't asked yet; or stopped (SIGSTOP) for longer than a lease.
  return state === "Z" || state === "X" || (lease.isSilent && (state === "T" || state === "t"));
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
