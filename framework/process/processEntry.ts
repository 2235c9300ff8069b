import { readFileSync } from "node:fs";

/** A process's parent, and its start time in clock ticks since boot. */
export interface ProcessEntry {
  parent: number;
  startedAt: number;
}

/**
 * Reads fields 4 and 22 of /proc/PID/stat (proc(5)). Returns undefined for an exited process or a zombie, or if there
 * is no /proc.
 */
export function processEntry(pid: number): ProcessEntry | undefined {
  const stat = readProcessFile(pid, "stat");
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : { parent: Number(fields[1]), startedAt: Number(fields[19]) };
}

/**
 * A file below /proc/PID; undefined if the process has just exited or belongs to another user. Read as UTF-8, which Node
 * does in one native call, and as which Node reads this process's own arguments.
 */
export function readProcessFile(pid: number, name: "stat" | "cmdline" | "environ"): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return undefined;
  }
}
