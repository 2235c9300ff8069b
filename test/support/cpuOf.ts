import { execFileSync } from "node:child_process";

/** The CPU time that a process has used, in seconds. */
export function cpuOf(pid: number): number {
  return Number(execFileSync("ps", ["-o", "cputimes=", "-p", `${pid}`], { encoding: "utf8" }));
}
