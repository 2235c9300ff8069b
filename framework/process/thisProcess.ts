import { readFileSync, readlinkSync } from "node:fs";
import { require } from "../config/require";

/**
 * Returns an identity that stays unique even if the pid is reused: the host's boot id, the pid namespace, and the
 * process's start time in clock ticks since boot (proc(5), /proc/PID/stat field 22). Returns null if /proc is missing
 * or doesn't show the process.
 */
export function processIdentity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses, which may itself contain spaces and parentheses.
    const startedAt = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const here = pidSpace();
    return here === undefined ? null : `${here} ${startedAt}`;
  } catch {
    return null; // The process is gone or hidden, or this is not Linux.
  }
}

/**
 * Whether this is a worker thread. Node disables chdir() in worker threads; checking that avoids loading
 * node:worker_threads.
 */
export function isThread(): boolean {
  return (process.chdir as { disabled?: boolean }).disabled === true;
}

export type Life = "alive" | "gone" | "unknown";

/**
 * Whether a process is still alive. "unknown" if its pid belongs to another container, there is no /proc, or /proc hides
 * other users' processes (hidepid=2, systemd's ProtectProc=invisible).
 */
export function lifeOf(pid: number, identity: string | null): Life {
  const here = pidSpace();
  if (identity === null || here === undefined) return "unknown";
  const [boot, space] = identity.split(" ");
  const [ownBoot, ownSpace] = here.split(" ");
  if (boot !== ownBoot) return "gone";
  if (space !== ownSpace) return "unknown";
  const found = processIdentity(pid);
  if (found === null) return isPidFree(pid) ? "gone" : "unknown";
  return found === identity ? "alive" : "gone";
}

/**
 * Whether a process was started before the last reboot, or on another host with the same name. False if the boot id is
 * unknown.
 */
export function isOfOtherBoot(identity: string | null): boolean {
  const here = pidSpace();
  if (identity === null || here === undefined) return false;
  return identity.split(" ")[0] !== here.split(" ")[0];
}

/** This host's name, read from /proc because loading node:os costs half a millisecond per start. */
export function hostName(): string {
  try {
    return readFileSync("/proc/sys/kernel/hostname", "utf8").trim();
  } catch {
    return (require("node:os") as typeof import("node:os")).hostname(); // There is no /proc.
  }
}

/** Whether this process was started at a terminal, where someone sees its output. */
export function isAtTerminal(): boolean {
  // Load node:tty on demand, because it loads all of node:net.
  const { isatty } = require("node:tty") as typeof import("node:tty");
  return isatty(0);
}

/** A monotonic clock in milliseconds, shared by all threads of the process. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Whether no process has this pid. kill(2) also finds processes that /proc hides. */
function isPidFree(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Identifies the boot and the pid namespace; undefined if there is no /proc. */
function pidSpace(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined;
  }
}
