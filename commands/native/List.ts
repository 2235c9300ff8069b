import { existsSync } from "node:fs";
import { warnOfOldBuild } from "../../framework/catalog/buildDrift";
import { readManifest } from "../../framework/catalog/buildManifest";
import { readBuiltCommands, readCatalog } from "../../framework/catalog/catalog";
import { isUnscheduledHere, scheduledHere } from "../../framework/catalog/scheduledHere";
import {
  isNamed,
  selectCommands,
  selectionDetails,
  selectionOptions,
  selectionWords,
} from "../../framework/catalog/selection";
import { reportProblems, reportWarnings } from "../../framework/cli/manifestProblems";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { installedCommands } from "../../framework/crontab/install/installed/commands";
import { installedFor, needsInstall } from "../../framework/crontab/install/needs";
import { hostClock } from "../../framework/host/hostClock";
import type { DeployedCommand } from "../../framework/metadata/overrides";
import { jsonText } from "../../framework/text/jsonText";
import { arrangedList, inListOrder, listRows, listText } from "../../framework/views/commandList";
import { failedCommands } from "../../framework/views/failedCommands";
import { allOption, countedReasons } from "../../framework/views/neverHere";
import { parseOrder, sortOption } from "../../framework/views/rowOrder";
import { timelineOf } from "../../framework/views/timeline";
import { timelineText } from "../../framework/views/timelineText";

const upcoming = 5;

export default verb({
  examples: [
    ["list", "Every command, failed ones first"],
    ["list --tag mail --next", "Commands tagged mail, each with its next five starts"],
  ],
  options: {
    json: { type: "boolean", description: "Print the rows as JSON" },
    next: {
      type: "boolean",
      description: `Show the next ${upcoming} times of each schedule, installed or not`,
    },
    timeline: { type: "boolean", description: "Show the next 24 hours: how many starts, and which coincide" },
    ...selectionOptions,
    ...sortOption,
    ...allOption,
    env: {
      type: "string",
      value: "environment",
      description: "List for this environment (default: the crontab's, or NODE_ENV)",
    },
  },
  words: selectionWords,
  details: selectionDetails,
  run({ args: words, options }) {
    const selection = { words, tags: options.tag };
    const order = parseOrder(options.sort);
    const { commands: all, problems, helpers = [] } = readCatalog();
    reportWarnings(helpers.map(({ message }) => message));
    const commands = selectCommands(all, selection);
    const clock = hostClock();
    const terminal = terminalFor(1);
    const isBuilt = existsSync(paths.manifest);
    if (isBuilt) warnOfOldBuild(readManifest());
    const built = isBuilt ? readBuiltCommands() : [];
    const environment = options.env ?? installedFor();
    if (options.timeline) {
      const here = scheduledHere(commands.map(asBuilt(built)), environment);
      const hours = timelineOf(here, clock);
      const isInstalled = installedCommands();
      const notes = {
        leftOut: countedReasons(leftOut(commands, environment)),
        notInstalled: here.filter(({ name }) => !isInstalled(name)).length,
      };
      console.log(options.json ? jsonText(hours) : timelineText(hours, clock, terminal, notes));
      return reportProblems(problems);
    }
    const rows = listRows(commands, clock, {
      next: options.next ? upcoming : 0,
      environment,
      isInstalled: installedCommands(),
      built: asBuilt(built),
      failed: failedCommands(commands, environment, clock),
    });
    if (options.json) {
      console.log(jsonText(order === undefined ? rows : inListOrder(rows, order)));
    } else {
      const { shown, hidden } = arrangedList(rows, order ?? "failed", {
        environment,
        isAskedFor: (row) => options.all === true || isNamed(row, selection),
      });
      console.log(listText(shown, { ...clock, environment, needsInstall: needsInstall(), hidden }, terminal));
    }
    return reportProblems(problems);
  },
});

/**
 * The command as it was built: until the next build, cron uses the schedule in the build, not the one in the source.
 */
function asBuilt(built: readonly DeployedCommand[]): (command: DeployedCommand) => DeployedCommand {
  const known = new Map(built.map((command) => [command.name, command]));
  return (command) => known.get(command.name) ?? command;
}

/** The scheduled commands that cron doesn't start here, because they are disabled or meant for other environments. */
function leftOut(commands: readonly DeployedCommand[], environment: string): DeployedCommand[] {
  return commands.filter(
    (command) => command.schedules.length > 0 && isUnscheduledHere(command, environment),
  );
}
