import { ownTimezone } from "../config/config";
import { systemTimezone } from "../config/hostTimezone";
import { timezoneOfTz } from "../schedule/times/posixTimezone";
import { isSameTimezone } from "../schedule/times/timezoneNames";
import { cronProcesses } from "./cronProcesses";
import { readInstallation } from "./installation";
import { isScheduleWorking } from "./isScheduleWorking";
import { environmentOf, isInOur, type RunningProgram, runningPrograms, wordsOf } from "./runningPrograms";

/** The zone that schedules without one go by: the daemon's that starts the commands. */
export interface DaemonTimezone {
  timezone: string;
  /** Whether the daemon's own TZ says so; else it is the system's. */
  isDaemonsOwn: boolean;
  /** The daemon, such as "cron (pid 12)"; undefined where none runs. */
  daemon: string | undefined;
  /** What keeps the daemon's own TZ from being followed. */
  trouble?: "hidden" | { tz: string };
}

let known: DaemonTimezone | undefined;

/** Looked up once: verbs ask several times, and none of them outlives a change of it by more than a moment. */
export function daemonTimezone(): DaemonTimezone {
  known ??= look();
  return known;
}

/** Where this process is the daemon: its own TZ as it was started, whatever `.env` says. */
export function goByOwnTimezone(): DaemonTimezone {
  known = fromTz(ownTimezone, "schedule:work");
  return known;
}

function look(): DaemonTimezone {
  const programs = runningPrograms() ?? [];
  const working = isScheduleWorking() ? programs.find(isScheduler) : undefined;
  const candidates = working ? [working] : (cronProcesses(programs) ?? []);
  const seen: SeenDaemon[] = [];
  let hidden: string | undefined;
  for (const { pid, program } of candidates) {
    const name = `${working ? "schedule:work" : program} (pid ${pid})`;
    try {
      // One of a container's starts nothing of ours.
      if (!isInOur("pid", pid)) continue;
      seen.push({ name, tz: environmentOf(pid).get("TZ"), isNear: isInOur("mnt", pid) });
    } catch {
      hidden ??= name;
    }
  }
  const daemon = chosenOf(seen);
  if (daemon !== undefined) return fromTz(daemon.tz, daemon.name);
  return { ...asInstalledBefore(), daemon: hidden, ...(hidden !== undefined && { trouble: "hidden" }) };
}

interface SeenDaemon {
  name: string;
  tz: string | undefined;
  /** Whether it sees the same files; a sandboxed service may not. */
  isNear: boolean;
}

/** The one with our files; else any, where they agree. */
function chosenOf(daemons: readonly SeenDaemon[]): SeenDaemon | undefined {
  const near = daemons.find(({ isNear }) => isNear);
  const [first] = daemons;
  return near ?? (daemons.every(({ tz }) => tz === first?.tz) ? first : undefined);
}

function isScheduler({ pid, program }: RunningProgram): boolean {
  return /^(node|MainThread)/.test(program) && wordsOf(pid).includes("schedule:work");
}

function fromTz(tz: string | undefined, daemon: string): DaemonTimezone {
  const system = systemTimezone();
  const timezone = timezoneOfTz(tz, system);
  if (timezone === undefined) {
    return { timezone: system, isDaemonsOwn: false, daemon, trouble: { tz: tz ?? "" } };
  }
  return { timezone, isDaemonsOwn: !isSameTimezone(timezone, system), daemon };
}

/** Only root sees what root's daemon was started with, and none may run just now: what crontab:install saw still holds. */
function asInstalledBefore(): Pick<DaemonTimezone, "timezone" | "isDaemonsOwn"> {
  const system = systemTimezone();
  const timezone = readInstallation()?.daemonTimezone ?? system;
  return { timezone, isDaemonsOwn: !isSameTimezone(timezone, system) };
}
