import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface RunningProgram {
  pid: string;
  program: string;
}

/** All running programs; undefined if other users' processes are hidden or there is no /proc. */
export function runningPrograms(): RunningProgram[] | undefined {
  if (programOf("1") === undefined) return undefined;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const program = programOf(pid);
    return program === undefined ? [] : [{ pid, program }];
  });
}

function programOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return undefined; // The process has exited, or this user is not allowed to see it.
  }
}

/** A process's command line; empty if we are not allowed to see it. */
export function wordsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** The environment with which a process was started. Throws if we are not allowed to see it. */
export function environmentOf(pid: string): Map<string, string> {
  const lines = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return new Map(lines.map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]));
}

/** Whether a process shares this one's pid or mount namespace. Throws if we are not allowed to see that. */
export function isInOur(namespace: "pid" | "mnt", pid: string): boolean {
  return readlinkSync(`/proc/${pid}/ns/${namespace}`) === readlinkSync(`/proc/self/ns/${namespace}`);
}
