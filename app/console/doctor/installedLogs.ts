import { entriesIn } from "../../schedule/entryParts";
import { installedBlock } from "../asInstalled";
import { readInstallation } from "../installation";
import { logFileOf } from "../logFile";
import type { Looking } from "./check";
import { scheduledCommands } from "./scheduled";

/** The logs that cron writes: those of the installed entries, else those that crontab:install would name. */
export function installedLogs({ read, user }: Looking): string[] {
  const block = installedBlock({ user }, read);
  if (block !== undefined) return [...new Set(entriesIn(block.body).map(({ log }) => log))];
  const folder = readInstallation()?.options["log-dir"];
  return scheduledCommands().map((command) => logFileOf(command, folder));
}
