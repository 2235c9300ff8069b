import { readFileSync } from "node:fs";
import { require } from "../config/require";

/** This host's name, from where the kernel shows it: loading node:os for it costs each start half a millisecond. */
export function hostName(): string {
  try {
    return readFileSync("/proc/sys/kernel/hostname", "utf8").trim();
  } catch {
    return (require("node:os") as typeof import("node:os")).hostname(); // No /proc here.
  }
}
