import { environmentName, paths } from "../config";
import { LajuError } from "../errors";
import { findBlock } from "../schedule/crontabEdit";
import { unitsOf } from "../schedule/crontabUnits";
import { asInstalled } from "./asInstalled";
import { checkCrontab } from "./crontabInstaller";
import { crontabTarget, type TargetOptions } from "./crontabTarget";
import { readInstallation } from "./installation";
import { isScheduleWorking } from "./isScheduleWorking";
import { readCrontab, readingOnce } from "./systemCrontab";

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
  const options = asInstalled({ user: installation.options.user }, read);
  try {
    return checkCrontab(crontabTarget(options), read).state !== "in order";
  } catch (error) {
    if (error instanceof LajuError) return true;
    throw error;
  }
}

/** Whether the installed block has entries of a command; a sentence where that cannot be told. */
export function hasEntries(name: string, { user, root }: TargetOptions): boolean | { unknown: string } {
  const place = root ?? readInstallation()?.options.root ?? paths.root;
  try {
    const block = findBlock(readCrontab(user === undefined ? {} : { user }).text, place);
    const body = Buffer.from(block?.body ?? "", "latin1").toString();
    return unitsOf(body).has(`commands/${name}.js`);
  } catch (error) {
    if (error instanceof LajuError) return { unknown: error.message };
    throw error;
  }
}
