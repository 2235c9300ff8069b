import { findCommand, readCatalog } from "../../catalog/catalog";
import { overridesFile, writeEnabled } from "../../catalog/deployedOverrides";
import { endIncidents } from "../../catalog/endIncidents";
import { scheduledHere } from "../../catalog/scheduledHere";
import { terminalFor } from "../../cli/terminal";
import { environmentName } from "../../config/config";
import type { TargetOptions } from "../../host/installation";
import { isScheduleWorking } from "../../host/isScheduleWorking";
import type { OptionValues } from "../../metadata/optionSpecs";
import type { DeployedCommand } from "../../metadata/overrides";
import { mayHaveIncident } from "../../runs/ledger/incidentMarks";
import { startSender } from "../../runs/notices/startSender";
import { crontabSummary } from "./changeText";
import { forInstalling } from "./installedOptions";
import { installCrontab } from "./installer";
import { hasEntries } from "./needs";
import { refuseSecondBlock, refuseSecondTable } from "./secondBlocks";
import { readingOnce } from "./systemCrontab";
import { checkInstallable, crontabTarget, targetOptions, userOption } from "./target";

/** The options of `enable` and `disable`. */
export const switchOptions = {
  install: { type: "boolean", description: "Also change the crontab, as crontab:install <Name> does" },
  ...targetOptions,
  ...userOption,
} as const;

/** Enables or disables a command in this deployment, and prints what changed. */
export function switchCommand(
  typed: string,
  isEnabled: boolean,
  asked: OptionValues<typeof switchOptions>,
): void {
  const { done, notice } = setEnabled(typed, isEnabled, asked);
  const { paint, symbols } = terminalFor(1);
  for (const line of done) console.log(`${paint("green", symbols.done)} ${line}`);
  if (notice !== undefined) console.log(`  ${paint("dim", notice)}`);
}

/** What was done, one sentence for each step, and what is left to do. */
export interface Switched {
  done: string[];
  notice: string | undefined;
}

/** Enables or disables a command in this deployment. */
export function setEnabled(
  typed: string,
  isEnabled: boolean,
  asked: Partial<OptionValues<typeof switchOptions>>,
): Switched {
  const read = readingOnce();
  const options = forInstalling(asked, { read, isPartial: true });
  const command = findCommand(typed, readCatalog().commands);
  // Check that the crontab can be written before changing anything.
  if (asked.install) {
    const target = crontabTarget(options, [command.name]);
    checkInstallable(target);
    refuseSecondTable(target, read);
    refuseSecondBlock(target, options, read);
  }
  const isChange = command.enabled !== isEnabled;
  if (isChange) writeEnabled(command.name, isEnabled);
  const hasIncident = !isEnabled && mayHaveIncident(command.name);
  const ended = hasIncident ? endIncidents(command.name, "is disabled", Date.now()) : [];
  if (ended.length > 0) startSender();
  const done = [isChange ? changed(command.name, isEnabled) : unchanged(command.name, isEnabled)];
  if (ended.length > 0) done.push("Its open incident was closed");
  if (asked.install) done.push(crontabSummary(installCrontab(crontabTarget(options, [command.name]))));
  const notice = noticeOf({ ...command, enabled: isEnabled }, { ...options, install: asked.install });
  return { done, notice };
}

function changed(name: string, isEnabled: boolean): string {
  return `${name} ${isEnabled ? "enabled" : "disabled"} in ${overridesFile()}`;
}

function unchanged(name: string, isEnabled: boolean): string {
  return `${name} is already ${isEnabled ? "enabled" : "disabled"}`;
}

/** What the user still has to do, or why cron will still not start the command. */
function noticeOf(
  command: DeployedCommand,
  options: TargetOptions & { install?: boolean | undefined },
): string | undefined {
  const { install, env = environmentName() } = options;
  const { name, schedules, environments, enabled } = command;
  if (schedules.length === 0) return "It has no schedule: the crontab does not start it.";
  if (scheduledHere([{ ...command, enabled: true }], env).length === 0) {
    return `It is only scheduled in the environment ${environments?.join(", ")}, and this is ${env}.`;
  }
  if (install) return undefined;
  if (isScheduleWorking())
    return `schedule:work ${enabled ? "starts" : "no longer starts"} it from the next minute on.`;
  return crontabNotice(name, enabled, hasEntries(name, options));
}

function crontabNotice(name: string, isEnabled: boolean, has: ReturnType<typeof hasEntries>): string {
  const verb = `node laju crontab:install ${name}`;
  if (isEnabled) return has === true ? "The crontab starts it." : `The crontab will start it after ${verb}.`;
  if (has === true) return `The crontab keeps starting it until you run ${verb}.`;
  return has === false
    ? "The crontab has no entry that starts it."
    : `Cannot tell whether the crontab starts it: ${has.unknown}.`;
}
