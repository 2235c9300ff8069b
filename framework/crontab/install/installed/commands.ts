import { isInKubernetes } from "../../../config/launch";
import { readInstallation, type TargetOptions } from "../../../host/installation";
import { isScheduleWorking } from "../../../host/isScheduleWorking";
import { entriesIn } from "../../text/entryParts";
import { appBlocks } from "../appBlocks";
import { readingOnce } from "../systemCrontab";
import { otherTables } from "./otherTables";
import { hasInstalledTimers } from "./timers";

/**
 * Tells whether anything starts a command on schedule on this host. If schedule:work, a file in /etc/cron.d, another
 * user's crontab, systemd or Kubernetes starts this app, that applies to every command, and otherwise only to those in
 * the crontab.
 */
export function installedCommands(
  { user = readInstallation()?.options.user }: Pick<TargetOptions, "user"> = {},
  read = readingOnce(),
): (name: string) => boolean {
  if (isInKubernetes() || isScheduleWorking()) return () => true;
  const files = filesOnCrontab(user, read);
  if (files === undefined || otherTables().length > 0 || hasInstalledTimers()) return () => true;
  return (name) => files.has(`commands/${name}.js`);
}

/** The files that this app's entries start; undefined if the crontab cannot be read, which is reported elsewhere. */
function filesOnCrontab(
  user: string | undefined,
  read: ReturnType<typeof readingOnce>,
): ReadonlySet<string> | undefined {
  try {
    const blocks = appBlocks(read(user === undefined ? {} : { user }).text);
    const entries = blocks.filter(({ place }) => place !== "gone").flatMap(({ body }) => entriesIn(body));
    return new Set(entries.map(({ file }) => file));
  } catch {
    return undefined;
  }
}
