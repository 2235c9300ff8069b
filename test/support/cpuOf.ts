import { execFileSync } from "node:child_process";

/** Seconds of processor time that a process has used. */
export function cpuOf(pid: number): number {
  return Number(execFileSync("ps", ["-o", "cputimes=", "-p", `${pid}`], { encoding: "utf8" }));
}
