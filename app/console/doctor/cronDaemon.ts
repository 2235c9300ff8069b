import { readdirSync, readFileSync } from "node:fs";
import { isScheduleWorking } from "../isScheduleWorking";
import { bad, type Check, fine, warning } from "./check";
import { scheduledCommands } from "./scheduled";

const daemons = ["cron", "crond", "fcron", "busybox-cron", "supercronic"];

export const cronDaemon: Check = {
  name: "cron daemon",
  look() {
    if (isScheduleWorking()) return fine("schedule:work is running and starts the commands");
    const running = runningPrograms();
    const daemon = running?.find(({ program }) => daemons.includes(program));
    if (daemon !== undefined) return fine(`${daemon.program} is running (pid ${daemon.pid})`);
    if (running === undefined) return warning("this system does not show which programs are running");
    const cure =
      "systemctl enable --now cron (Fedora: crond). In a container start cron, or node laju schedule:work.";
    if (scheduledCommands().length === 0)
      return warning("no cron is running, and nothing is scheduled here", cure);
    return bad("no cron is running, so nothing is started", cure);
  },
};

/** undefined where other users' processes are hidden, or there is no /proc. */
function runningPrograms(): { pid: string; program: string }[] | undefined {
  if (programOf("1") === undefined) return undefined;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const program = programOf(pid);
    return program === undefined ? [] : [{ pid, program }];
  });
}

function programOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return undefined; // It has ended meanwhile, or is not for us to see.
  }
}
