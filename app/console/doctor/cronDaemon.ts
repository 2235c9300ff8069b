import { lookInLedger } from "../../runs/ledgerFile";
import { installedBlock } from "../asInstalled";
import { cronDaemons } from "../daemonTimezone";
import { readInstallation } from "../installation";
import { isScheduleWorking } from "../isScheduleWorking";
import { isInOur, runningPrograms } from "../runningPrograms";
import { bad, fine, type LocalCheck, type Looking, warning } from "./check";
import { scheduledCommands } from "./scheduled";

export const cronDaemon: LocalCheck = {
  name: "cron daemon",
  look(looking) {
    if (isScheduleWorking()) return fine("schedule:work is running and starts the commands");
    const running = runningPrograms();
    const daemon = running?.find(({ pid, program }) => cronDaemons.includes(program) && mayBeOurs(pid));
    if (daemon !== undefined) return fine(`${daemon.program} is running (pid ${daemon.pid})`);
    if (running === undefined) return warning("this system does not show which programs are running");
    const cure =
      "Run `systemctl enable --now cron` (Fedora: crond). In a container start cron, or node laju schedule:work.";
    if (scheduledCommands().length === 0)
      return warning("no cron daemon is running, and nothing is scheduled here", cure);
    const message = "no cron daemon is running, so nothing is started";
    return isMeant(looking) ? bad(message, cure) : warning("no cron daemon is running", cure);
  },
};

/** Where systemd or another scheduler starts the commands, there are runs and has never been an installation. */
function isMeant({ read, user }: Looking): boolean {
  if (readInstallation() !== undefined || installedBlock({ user }, read) !== undefined) return true;
  return lookInLedger((ledger) => ledger.prepare("SELECT 1 FROM runs LIMIT 1").get()) === undefined;
}

/** A container's daemon starts nothing of ours. Of another user's process only root can tell. */
function mayBeOurs(pid: string): boolean {
  try {
    return isInOur("pid", pid);
  } catch {
    return true;
  }
}
