import { readFileSync, readlinkSync } from "node:fs";
import { require } from "../config/require";

/**
 * What tells a process from a later one with the same pid: the host's boot, the pid namespace in which the
 * number means something, and the moment, in clock ticks after the boot, at which the process began (proc(5),
 * /proc/PID/stat field 22). Null where /proc is missing or doesn't show it.
 */
export function processIdentity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    const startedAt = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const here = pidSpace();
    return here === undefined ? null : `${here} ${startedAt}`;
  } catch {
    return null; // Gone, hidden, or not Linux.
  }
}

/** Whether this is a Worker thread, without loading node:worker_threads: a thread cannot change the folder. */
export function isThread(): boolean {
  return (process.chdir as { disabled?: boolean }).disabled === true;
}

export type Life = "alive" | "gone" | "unknown";

/**
 * Whether a process is still there. "unknown" where that can't be told from here: its number belongs to another
 * container, there is no /proc, or /proc hides other users' processes (hidepid=2, systemd's ProtectProc=invisible).
 */
export function lifeOf(pid: number, identity: string | null): Life {
  const here = pidSpace();
  if (identity === null || here === undefined) return "unknown";
  const [boot, space] = identity.split(" ");
  const [ownBoot, ownSpace] = here.split(" ");
  if (boot !== ownBoot) return "gone";
  if (space !== ownSpace) return "unknown";
  const found = processIdentity(pid);
  if (found === null) return isNumberFree(pid) ? "gone" : "unknown";
  return found === identity ? "alive" : "gone";
}

/** False where the boot isn't known. A host that went down and another one of the same name look alike. */
export function isOfOtherBoot(identity: string | null): boolean {
  const here = pidSpace();
  if (identity === null || here === undefined) return false;
  return identity.split(" ")[0] !== here.split(" ")[0];
}

/** This host's name, from where the kernel shows it: loading node:os for it costs each start half a millisecond. */
export function hostName(): string {
  try {
    return readFileSync("/proc/sys/kernel/hostname", "utf8").trim();
  } catch {
    return (require("node:os") as typeof import("node:os")).hostname(); // No /proc here.
  }
}

/** Whether somebody started this process at a terminal, and so sees how it goes. */
export function isAtTerminal(): boolean {
  // Loaded only when asked: it brings all of node:net along.
  const { isatty } = require("node:tty") as typeof import("node:tty");
  return isatty(0);
}

/** The clock of all threads of a process, in milliseconds, which nobody sets. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** kill(2) sees processes that /proc hides, though it can't tell which program they are. */
function isNumberFree(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Undefined where there is no /proc. */
function pidSpace(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined;
  }
}
