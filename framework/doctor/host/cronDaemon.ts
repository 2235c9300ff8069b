import { existsSync } from "node:fs";
import { type HostCron, isSystemdCronActive } from "../../host/hostCron";
import { readInstallation } from "../../host/installation";
import { isScheduleWorking } from "../../host/isScheduleWorking";
import { lookInLedger } from "../../runs/ledger/ledgerFile";
import { scheduledCommands } from "../app/scheduled";
import { bad, type Finding, fine, type LocalCheck, warning } from "../check";
import type { CheckContext } from "../checkContext";

export const cronDaemon: LocalCheck = {
  name: "cron daemon",
  look(context) {
    if (isScheduleWorking()) return fine("schedule:work is running and starts the commands");
    const cron = context.cron();
    const { running, otherDaemon, label } = cron;
    if (otherDaemon !== undefined) {
      return warning(
        `${otherDaemon} is running, but the crontab command is that of ${label}`,
        "Keep only one cron, or name the one that reads the crontab: node laju crontab:install --cron NAME.",
      );
    }
    const [daemon] = running ?? [];
    if (daemon !== undefined) return found(daemon.replace(" (", " is running ("), cron);
    if (cron.facts.name === "systemd-cron" && isSystemdCronActive())
      return found("systemd has timers for the crontab", cron);
    if (running === undefined) return warning("this system does not show which programs are running");
    return notRunning(context, cron);
  },
};

/** Names a cron other than Debian's, and says what it cannot do. */
function found(running: string, { facts, label }: HostCron): Finding {
  if (facts.name === "debian") return fine(running);
  const limits = facts.limits.length === 0 ? "" : `. It ${facts.limits.join(", ")}`;
  const message = `${running}: ${label}${limits}`;
  return facts.name === "unknown"
    ? warning(message, "Name the cron that it resembles with --cron.")
    : fine(message);
}

function notRunning(context: CheckContext, cron: HostCron): Finding {
  const cure = howToStart(cron);
  if (scheduledCommands().length === 0) {
    return warning("no cron daemon is running, and nothing is scheduled here", cure);
  }
  const message = "no cron daemon is running, so nothing will start";
  return isCronExpected(context) ? bad(message, cure) : warning("no cron daemon is running", cure);
}

/** The command that starts this cron on this machine. */
function howToStart({ facts: { name } }: HostCron): string {
  const elsewhere = "In a container, `node laju schedule:work` works without cron.";
  const sudo = process.geteuid?.() === 0 ? "" : "sudo ";
  if (name === "systemd-cron") return `Run \`${sudo}systemctl enable --now cron.target\`. ${elsewhere}`;
  const program = daemonPrograms.find((one) => sbin.some((folder) => existsSync(`${folder}/${one}`)));
  if (program === undefined) {
    if (name === "busybox") return `Run \`${sudo}busybox crond\`. ${elsewhere}`;
    return `Install cron (${howToInstall()}), or use node laju schedule:work.`;
  }
  return `Run \`${sudo}${startOf(program)}\`. ${elsewhere}`;
}

const daemonPrograms = ["cron", "crond"];
const sbin = ["/usr/sbin", "/sbin"];

function startOf(program: string): string {
  if (existsSync("/run/systemd/system")) return `systemctl enable --now ${program}`;
  if (!existsSync(`/etc/init.d/${program}`)) return program;
  return existsSync("/sbin/rc-service") ? `rc-service ${program} start` : `service ${program} start`;
}

function howToInstall(): string {
  if (existsSync("/etc/alpine-release")) return "`apk add busybox-openrc`, or `apk add cronie`";
  return existsSync("/etc/debian_version") ? "`apt-get install cron`" : "`dnf install cronie` on Fedora";
}

/**
 * Whether cron should be running. If laju never installed entries but commands have run, another scheduler such as
 * systemd starts them.
 */
function isCronExpected(context: CheckContext): boolean {
  if (readInstallation() !== undefined || context.entries() !== undefined) return true;
  return lookInLedger((ledger) => ledger.prepare("SELECT 1 FROM runs LIMIT 1").get()) === undefined;
}
