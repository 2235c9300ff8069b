import { readCatalog } from "../../app/console/catalog";
import { arrangedList, inListOrder, listRows, listText } from "../../app/console/commandList";
import { installedFor, needsInstall } from "../../app/console/crontabNeeds";
import { failedCommands } from "../../app/console/failedCommands";
import { hostClock } from "../../app/console/hostClock";
import { jsonText } from "../../app/console/jsonText";
import { allOption, countedReasons, isMeantFor, isNeverHere } from "../../app/console/neverHere";
import { reportProblems, reportWarnings } from "../../app/console/problems";
import { parseOrder, sortOption } from "../../app/console/rowOrder";
import { scheduleInWords } from "../../app/console/scheduleInWords";
import {
  isNamed,
  selectCommands,
  selectionDetails,
  selectionOptions,
  selectionWords,
} from "../../app/console/selection";
import { terminalFor } from "../../app/console/terminal";
import { timelineText } from "../../app/console/timelineText";
import { verb } from "../../app/console/verb";
import type { DeployedCommand } from "../../app/schedule/overrides";
import { timelineOf } from "../../app/schedule/timeline";

const upcoming = 5;

export default verb({
  options: {
    json: { type: "boolean", description: "Print the rows as JSON" },
    next: { type: "boolean", description: `Show the next ${upcoming} times of each command` },
    timeline: { type: "boolean", description: "Show how much starts in the next 24 hours, and what at once" },
    ...selectionOptions,
    ...sortOption,
    ...allOption,
    env: {
      type: "string",
      description: "As in this environment (default: that of the crontab, or NODE_ENV)",
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
    const environment = options.env ?? installedFor();
    if (options.timeline) {
      const hours = timelineOf(
        commands.filter((command) => isMeantFor(environment, command)),
        clock,
      );
      const notes = { leftOut: countedReasons(leftOut(commands, environment)) };
      console.log(options.json ? jsonText(hours) : timelineText(hours, clock, terminal, notes));
      return reportProblems(problems);
    }
    const rows = listRows(commands, scheduleInWords, clock, {
      next: options.next ? upcoming : 0,
      environment,
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

/** Commands that have a schedule, and that nothing starts here. */
function leftOut(commands: readonly DeployedCommand[], environment: string): DeployedCommand[] {
  return commands.filter((command) => command.schedules.length > 0 && isNeverHere(command, environment));
}
