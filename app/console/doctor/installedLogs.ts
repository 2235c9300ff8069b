import { readInstallation } from "../installation";
import { logFileOf } from "../logFile";
import type { Looking } from "./looking";
import { scheduledCommands } from "./scheduled";

/** The logs that cron writes: those of the installed entries, else those that crontab:install would name. */
export function installedLogs(looking: Looking): string[] {
  const entries = looking.entries();
  if (entries !== undefined) return [...new Set(entries.map(({ log }) => log))];
  const folder = readInstallation()?.options["log-dir"];
  return scheduledCommands().map((command) => logFileOf(command, folder));
}
