import { asInstalled } from "../asInstalled";
import { logFileOf } from "../logFile";
import type { Looking } from "./looking";
import { scheduledCommands } from "./scheduled";

/** The logs that crontab:install would name, and those that the installed entries write. */
export function installedLogs(looking: Looking): string[] {
  const installed = (looking.entries() ?? []).map(({ log }) => log);
  const folder = asInstalled({ user: looking.user }, looking.read)["log-dir"];
  const wanted = scheduledCommands().map((command) => logFileOf(command, folder));
  return [...new Set([...wanted, ...installed])];
}
