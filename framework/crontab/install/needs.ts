import { readBuiltCommands } from "../../catalog/catalog";
import { scheduledHere } from "../../catalog/scheduledHere";
import { environmentName } from "../../config/config";
import { LajuError } from "../../config/errors";
import type { TargetOptions } from "../../host/installation";
import { readInstallation } from "../../host/installation";
import { isScheduleWorking } from "../../host/isScheduleWorking";
import type { DeployedCommand } from "../../metadata/overrides";
import { findBlock } from "../text/edit";
import { entriesIn } from "../text/entryParts";
import { unitsOf } from "../text/units";
import { crontabVerdict } from "./crontabHealth";
import { installedBlock, installedRoot } from "./installedOptions";
import { readingOnce } from "./systemCrontab";

/** The environment for which entries are installed, or this process's if none are. */
export function installedFor(): string {
  return readInstallation()?.options.env ?? environmentName();
}

/**
 * Whether the user needs to run crontab:install. False if the entries are up to date or schedule:work starts the
 * commands.
 */
export function needsInstall(): boolean {
  if (isScheduleWorking()) return false;
  // Reading the crontab starts a process, so do it only if laju has installed something.
  const installation = readInstallation();
  if (installation === undefined) return true;
  const read = readingOnce();
  try {
    return crontabVerdict({ user: installation.options.user }, read).state !== "in order";
  } catch (error) {
    if (error instanceof LajuError) return true;
    throw error;
  }
}

/** Whether the installed block has entries for a command, or the reason why we can't tell. */
export function hasEntries(name: string, options: TargetOptions): boolean | { unknown: string } {
  const read = readingOnce();
  try {
    const { user } = options;
    const block = findBlock(read(user === undefined ? {} : { user }).text, installedRoot(options, read));
    const body = Buffer.from(block?.body ?? "", "latin1").toString();
    return unitsOf(body).has(`commands/${name}.js`);
  } catch (error) {
    if (error instanceof LajuError) return { unknown: error.message };
    throw error;
  }
}

/**
 * The commands that should run on schedule on this host: those in the installed crontab block. Without a block
 * (schedule:work, systemd, another user's crontab), all that are scheduled in this environment.
 */
export function expectedCommands(read = readingOnce()): DeployedCommand[] {
  const block = installedBlock({}, read);
  const scheduled = scheduledHere(readBuiltCommands(), block?.notes.environment);
  if (block === undefined) return scheduled;
  const started = new Set(entriesIn(block.body).map(({ file }) => file));
  return scheduled.filter(({ name }) => started.has(`commands/${name}.js`));
}
