import { environmentName } from "../config/config";
import type { CommandFacts } from "../metadata/manifest";

type Facts = Pick<CommandFacts, "enabled" | "environments">;

/** The commands that cron starts on this host: scheduled, enabled and meant for this environment. */
export function scheduledHere<T extends CommandFacts>(
  commands: readonly T[],
  environment = environmentName(),
): T[] {
  return commands.filter(
    (command) => command.schedules.length > 0 && command.enabled && isForEnvironment(environment, command),
  );
}

export function isForEnvironment(
  environment: string,
  { environments }: Pick<Facts, "environments">,
): boolean {
  return environments?.includes(environment) ?? true;
}

/** Whether a command has a schedule that is not used in this environment. */
export function isUnscheduledHere(command: Facts, environment: string): boolean {
  return !command.enabled || !isForEnvironment(environment, command);
}
