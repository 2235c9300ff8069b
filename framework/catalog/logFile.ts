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

/** Where the crontab's entry for the monitor writes. */
export function monitorLog(folder: string = paths.logs): string {
  return join(folder, "monitor.log");
}
