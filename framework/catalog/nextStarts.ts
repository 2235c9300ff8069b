import type { DeployedCommand } from "../metadata/overrides";
import { type HostClock, nextRuns } from "../schedule/times/nextRuns";
import { isForEnvironment } from "./scheduledHere";

/** What, besides its schedule, decides whether a command starts here. */
export interface StartedHere {
  environment: string;
  /** Whether anything starts the command with this name on schedule (installedCommands). */
  isInstalled(name: string): boolean;
}

/** When this host starts a command next; undefined if nothing will. */
export function nextStart(command: DeployedCommand, clock: HostClock, here: StartedHere): Date | undefined {
  return here.isInstalled(command.name) ? nextTimes(command, clock, here, 1)[0] : undefined;
}

/** The next times of a command's schedule in this environment, whether or not it is installed. */
export function nextTimes(
  command: DeployedCommand,
  clock: HostClock,
  { environment }: Pick<StartedHere, "environment">,
  count: number,
): Date[] {
  return isForEnvironment(environment, command) ? nextRuns(command, clock, count) : [];
}
