import { existsSync } from "node:fs";
import { basename } from "node:path";
import { cronDaemons } from "../../host/daemonTimezone";
import { readInstallation } from "../../host/installation";
import { isScheduleWorking } from "../../host/isScheduleWorking";
import { isInOur, runningPrograms, wordsOf } from "../../host/runningPrograms";
import { lookInLedger } from "../../runs/ledger/ledgerFile";
import { scheduledCommands } from "../app/scheduled";
import { bad, fine, type LocalCheck, warning } from "../check";
import type { Looking } from "../looking";

export const cronDaemon: LocalCheck = {
  name: "cron daemon",
  look(looking) {
    if (isScheduleWorking()) return fine("schedule:work is running and starts the commands");
    const running = runningPrograms();
    const daemon = running?.find(
      ({ pid, program }) => cronDaemons.includes(program) && isDaemon(pid) && mayBeOurs(pid),
    );
    if (daemon !== undefined) return fine(`${daemon.program} is running (pid ${daemon.pid})`);
    if (running === undefined) return warning("this system does not show which programs are running");
    const cure = howToStart();
    if (scheduledCommands().length === 0)
      return warning("no cron daemon is running, and nothing is scheduled here", cure);
    const message = "no cron daemon is running, so nothing is started";
    return isMeant(looking) ? bad(message, cure) : warning("no cron daemon is running", cure);
  },
};

/** As it is typed on this machine. */
function howToStart(): string {
  const program = ["cron", "crond"].find((name) => existsSync(`/usr/sbin/${name}`));
  if (program === undefined) return "Install cron (`apt-get install cron`), or use node laju schedule:work.";
  const start = existsSync("/run/systemd/system")
    ? `systemctl enable --now ${program}`
    : existsSync(`/etc/init.d/${program}`)
      ? `service ${program} start`
      : program;
  const sudo = process.geteuid?.() === 0 ? "" : "sudo ";
  return `Run \`${sudo}${start}\`. In a container, \`node laju schedule:work\` does without cron.`;
}

/** Where systemd or another scheduler starts the commands, there are runs and has never been an installation. */
function isMeant(looking: Looking): boolean {
  if (readInstallation() !== undefined || looking.entries() !== undefined) return true;
  return lookInLedger((ledger) => ledger.prepare("SELECT 1 FROM runs LIMIT 1").get()) === undefined;
}

/**
 * The process that waits for a job has the daemon's name too, in capitals where Debian's and Red Hat's write it, and may
 * outlive the daemon by hours. And in a container whose first process waits for nobody, a daemon that has ended stays as a
 * zombie, without words.
 */
function isDaemon(pid: string): boolean {
  const [program] = wordsOf(pid);
  // None where they are not for us to see.
  return program === undefined || (program !== "" && !/^CROND?$/.test(basename(program)));
}

/** A container's daemon starts nothing of ours. Of another user's process only root can tell. */
function mayBeOurs(pid: string): boolean {
  try {
    return isInOur("pid", pid);
  } catch {
    return true;
  }
}
