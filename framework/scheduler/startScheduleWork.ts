import { constants } from "node:os";
import { monitorEntry } from "../catalog/logFile";
import { environmentName, settings } from "../config/config";
import { LajuError } from "../config/errors";
import { useOwnTimezone } from "../host/daemonTimezone";
import { type CommandFacts, commandFacts } from "../metadata/manifest";
import { warn } from "../process/output";
import { takeLock } from "../runs/lock/lock";
import { logInfo, logWarn } from "../services/Logger";
import { type OutputTarget, RunningCommands } from "./runningCommands";
import { lastStart, scheduleSource } from "./scheduleSource";
import { hostWorkClock } from "./workClock";
import { workSchedule } from "./workSchedule";

/** How long commands may take to stop after SIGTERM, in milliseconds. */
const graceMs = 10_000;

/** The scheduler of `schedule:work`. */
export interface StartedScheduleWork {
  commands: readonly CommandFacts[];
  /** Resolves to the exit status once it has received a stop signal and all started commands have finished. */
  ended: Promise<number>;
}

export function startScheduleWork(place: OutputTarget): StartedScheduleWork {
  const source = scheduleSource();
  takeScheduleLock();
  const { commands } = source;
  const { timezone: hostTimezone } = useOwnTimezone();
  const running = new RunningCommands(place);
  logInfo("Waiting for commands to be due", {
    commands: commands.length,
    environment: environmentName(),
    timezone: hostTimezone,
  });
  const stop = workSchedule({
    clock: hostWorkClock,
    hostTimezone,
    commands: withMonitor(commands),
    since: lastStart,
    changes() {
      const changed = source.changes();
      return changed && withMonitor(changed);
    },
    start(name, slot) {
      if (name === monitorEntry.name) return running.startMonitor();
      running.start(source.commands.find((command) => command.name === name) ?? { name, log: null }, slot);
    },
    missed: ({ name, missed }) => logWarn("Missed scheduled starts", { command: name, missed }),
  });
  return { commands, ended: untilStopped(stop, running) };
}

/** Adds the monitor to the commands, unless MONITOR is off. */
function withMonitor(commands: readonly CommandFacts[]): readonly CommandFacts[] {
  if (!settings().hasMonitor) return commands;
  return [...commands, commandFacts(monitorEntry.name, "declared", { schedule: monitorEntry.fields })];
}

/** Prevents a second schedule:work, which would start every command twice. */
function takeScheduleLock(): void {
  let isFree = true;
  try {
    isFree = takeLock(".schedule-work", { wait: false }) !== undefined;
  } catch (error) {
    warn(`cannot tell whether another schedule:work is running: ${error.message}`);
  }
  if (isFree) return;
  throw new LajuError("schedule:work is already running for this app", {
    code: "E_RUNNING",
    hint: "A second one would start every command twice. Stop the running one first.",
  });
}

/** The first signal stops the scheduler, the second terminates the running commands, and the third kills them. */
function untilStopped(stop: () => void, running: RunningCommands): Promise<number> {
  return new Promise((resolve) => {
    let signals = 0;
    let status = 0;
    const onSignal = (signal: NodeJS.Signals) => {
      signals += 1;
      if (signals === 1) {
        stop();
        logInfo("Stopping", { signal, running: running.count });
        void running.whenIdle().then(() => resolve(status));
        return;
      }
      status = 128 + constants.signals[signal];
      running.signal(signals === 2 ? "SIGTERM" : "SIGKILL");
      if (signals === 2) setTimeout(() => running.signal("SIGKILL"), graceMs).unref();
    };
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, onSignal);
  });
}
