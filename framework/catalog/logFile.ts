import { join, resolve } from "node:path";
import { paths } from "../config/config";
import type { CommandFacts } from "../metadata/manifest";

/**
 * The file that contains a command's output: its `log`, absolute or relative to the log folder, or else NAME.log there.
 */
export function logFileOf(
  { name, log }: Pick<CommandFacts, "name" | "log">,
  folder: string = paths.logs,
): string {
  return resolve(folder, log ?? `${name}.log`);
}

/** The monitor's entry in the schedule, if MONITOR is set. */
export const monitorEntry = { name: "laju monitor", fields: "*/5 * * * *" } as const;

/** The log file of the monitor's entry. */
export function monitorLog(folder: string = paths.logs): string {
  return join(folder, "monitor.log");
}
