import { environmentName } from "../../config/config";
import { LajuError } from "../../config/errors";
import type { TargetOptions } from "../../host/installation";
import { readInstallation } from "../../host/installation";
import { isScheduleWorking } from "../../host/isScheduleWorking";
import { findBlock } from "../text/edit";
import { unitsOf } from "../text/units";
import { installedRoot } from "./installedOptions";
import { readingOnce } from "./systemCrontab";
import { crontabVerdict } from "./verdict";

/** The environment that the installed entries are for, else this process's. */
export function installedFor(): string {
  return readInstallation()?.options.env ?? environmentName();
}

/** Whether crontab:install has something to do: not where the entries are in order, or schedule:work starts the commands. */
export function needsInstall(): boolean {
  if (isScheduleWorking()) return false;
  // Never installed by laju: no need to ask the crontab, which costs a process.
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

/** Whether the installed block has entries of a command; a sentence where that cannot be told. */
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
