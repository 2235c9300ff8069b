import { environmentName } from "../config/config";
import type { DeployedCommand } from "../metadata/overrides";
import { closeIncidents, openIncidents } from "../runs/ledger/incidents";
import { isForEnvironment } from "./scheduledHere";

/** The prefix of queued jobs' incidents. No command name begins with it. */
const jobPrefix = "job ";

/**
 * Closes the incidents of commands that no longer run here. Otherwise they would stay open, because only a successful
 * run closes an incident. Returns one sentence per command.
 */
export function endIncidentsOfOthers(
  commands: readonly DeployedCommand[],
  environment: string | undefined,
  at: number,
): string[] {
  const ofCommands = openIncidents().filter(({ kind }) => kind !== "host");
  const names = new Set(ofCommands.map(({ name }) => name));
  return [...names].flatMap((name) => {
    if (name.startsWith(jobPrefix)) return [];
    const because = endReason(
      commands.find((one) => one.name === name),
      environment ?? environmentName(),
    );
    return because === undefined ? [] : endIncidents(name, because, at);
  });
}

/** Closes the incidents of one command for a reason such as "is disabled". */
export function endIncidents(name: string, because: string, at: number): string[] {
  return closeIncidents(name, { runId: null, at, because })
    ? [`${name} ${because}, so its incident was closed`]
    : [];
}

function endReason(command: DeployedCommand | undefined, environment: string): string | undefined {
  if (command === undefined) return "was deleted";
  if (!command.enabled) return "is disabled";
  if (command.schedules.length === 0 || isForEnvironment(environment, command)) return undefined;
  return `is not for the environment ${environment}`;
}
