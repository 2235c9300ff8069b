import { join, resolve } from "node:path";
import { paths } from "../config/config";
import type { CommandFacts } from "../metadata/manifest";

/** Where cron sends a command's output: its `log`, absolute or below the log folder, else NAME.log there. */
export function logFileOf(
  { name, log }: Pick<CommandFacts, "name" | "log">,
  folder: string = paths.logs,
): string {
  return resolve(folder, log ?? `${name}.log`);
}

/** The monitor as a schedule has it, where MONITOR asks for it. */
export const monitorEntry = { name: "laju monitor", fields: "*/5 * * * *" } as const;

/** Where the monitor writes when its entry starts it. */
export function monitorLog(folder: string = paths.logs): string {
  return join(folder, "monitor.log");
}
