import { ownTimezone } from "../config/config";
import { systemTimezone } from "../config/hostTimezone";
import { timezoneOfTz } from "../schedule/times/posixTimezone";
import { isSameTimezone } from "../schedule/times/timezoneNames";
import { cronProcesses } from "./cronProcesses";
import { readInstallation } from "./installation";
import { isScheduleWorking } from "./isScheduleWorking";
import { environmentOf, isInOur, type RunningProgram, runningPrograms, wordsOf } from "./runningPrograms";

/** The time zone of the daemon that starts the commands, which applies to schedules without their own zone. */
export interface DaemonTimezone {
  timezone: string;
  /** Whether the zone comes from the daemon's TZ; otherwise it is the system's zone. */
  isDaemonsOwn: boolean;
  /** The daemon, such as "cron (pid 12)"; undefined if none is running. */
  daemon: string | undefined;
  /** Why the daemon's TZ could not be used. */
  trouble?: "hidden" | { tz: string };
}

let known: DaemonTimezone | undefined;

/** Determines the daemon's time zone. Cached, because verbs need it several times, and exit before it can change. */
export function daemonTimezone(): DaemonTimezone {
  known ??= look();
  return known;
}

/**
 * For schedule:work, which is itself the daemon: uses the TZ with which the process was started, regardless of `.env`.
 */
export function useOwnTimezone(): DaemonTimezone {
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
      // A daemon in a container doesn't start our commands.
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
  /** Whether the daemon sees the same file system as we do, unlike a sandboxed service. */
  isNear: boolean;
}

/** The daemon that sees our file system. If there is none, any daemon, provided that they all have the same TZ. */
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

/**
 * Uses the zone that crontab:install found, because the daemon may not be running, and only root can see the
 * environment of root's daemon.
 */
function asInstalledBefore(): Pick<DaemonTimezone, "timezone" | "isDaemonsOwn"> {
  const system = systemTimezone();
  const timezone = readInstallation()?.daemonTimezone ?? system;
  return { timezone, isDaemonsOwn: !isSameTimezone(timezone, system) };
}
