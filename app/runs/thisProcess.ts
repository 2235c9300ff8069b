import { readFileSync } from "node:fs";

/**
 * What tells a process from a later one with the same pid: the host's boot and the moment, in clock ticks
 * after it, at which the process began (proc(5), /proc/PID/stat field 22). Null where there is no /proc.
 */
export function processIdentity(pid: number): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    const startedAt = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${boot}:${startedAt}`;
  } catch {
    return null; // Not alive, or not Linux: either way nothing is known.
  }
}

/** Whether the process that was recorded with this identity is still there. */
export function isAlive(pid: number, identity: string | null): boolean {
  if (identity !== null) return processIdentity(pid) === identity;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
