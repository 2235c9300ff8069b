import { logFileOf } from "../../catalog/logFile";
import { asInstalled } from "../../crontab/install/installedOptions";
import type { readingOnce } from "../../crontab/install/systemCrontab";
import type { EntryParts } from "../../crontab/text/entryParts";
import { scheduledCommands } from "./scheduled";

/** The log files that crontab:install would use, and those that the installed entries use. */
export function installedLogs(
  entries: readonly EntryParts[] = [],
  { user, read }: { user: string | undefined; read: ReturnType<typeof readingOnce> },
): string[] {
  const folder = asInstalled({ user }, read)["log-dir"];
  const wanted = scheduledCommands().map((command) => logFileOf(command, folder));
  return [...new Set([...wanted, ...entries.map(({ log }) => log)])];
}
