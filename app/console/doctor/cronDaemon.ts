import { cronDaemons } from "../daemonTimezone";
import { isScheduleWorking } from "../isScheduleWorking";
import { runningPrograms } from "../runningPrograms";
import { bad, type Check, fine, warning } from "./check";
import { scheduledCommands } from "./scheduled";

export const cronDaemon: Check = {
  name: "cron daemon",
  look() {
    if (isScheduleWorking()) return fine("schedule:work is running and starts the commands");
    const running = runningPrograms();
    const daemon = running?.find(({ program }) => cronDaemons.includes(program));
    if (daemon !== undefined) return fine(`${daemon.program} is running (pid ${daemon.pid})`);
    if (running === undefined) return warning("this system does not show which programs are running");
    const cure =
      "systemctl enable --now cron (Fedora: crond). In a container start cron, or node laju schedule:work.";
    if (scheduledCommands().length === 0)
      return warning("no cron is running, and nothing is scheduled here", cure);
    return bad("no cron is running, so nothing is started", cure);
  },
};
