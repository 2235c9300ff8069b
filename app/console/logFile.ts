import { resolve } from "node:path";
import { paths } from "../config";
import type { CommandFacts } from "../schedule/manifest";

/** Where cron sends a command's output: its `log`, absolute or below the log folder, else NAME.log there. */
export function logFileOf(
  { name, log }: Pick<CommandFacts, "name" | "log">,
  folder: string = paths.logs,
): string {
  return resolve(folder, log ?? `${name}.log`);
}
