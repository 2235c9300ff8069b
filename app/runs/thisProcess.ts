import { readFileSync, readlinkSync } from "node:fs";

/**
 * What tells a process from a later one with the same pid: the host's boot, the pid namespace in which the
 * number means something, and the moment, in clock ticks after the boot, at which the process began (proc(5),
 * /proc/PID/stat field 22). Null where there is no /proc, or no such process.
 */
export function processIdentity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    const startedAt = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${pidSpace()} ${startedAt}`;
  } catch {
    return null; // Not alive, or not Linux: either way nothing is known.
  }
}

/** Whether a process is there still; "unknown" where its number belongs to another container. */
export function lifeOf(pid: number, identity: string | null): "alive" | "gone" | "unknown" {
  if (identity === null) return "unknown";
  const [boot, space] = identity.split(" ");
  const [ownBoot, ownSpace] = pidSpace().split(" ");
  if (boot !== ownBoot) return "gone";
  if (space !== ownSpace) return "unknown";
  return processIdentity(pid) === identity ? "alive" : "gone";
}

function pidSpace(): string {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
}
