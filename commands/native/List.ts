import { readCatalog } from "../../app/console/catalog";
import { listRows, listText } from "../../app/console/commandList";
import { installedFor, needsInstall } from "../../app/console/crontabNeeds";
import { hostClock } from "../../app/console/hostClock";
import { jsonText } from "../../app/console/jsonText";
import { reportProblems, reportWarnings } from "../../app/console/problems";
import { scheduleInWords } from "../../app/console/scheduleInWords";
import { terminalFor } from "../../app/console/terminal";
import { timelineText } from "../../app/console/timelineText";
import { verb } from "../../app/console/verb";
import { timelineOf } from "../../app/schedule/timeline";

const upcoming = 5;

export default verb({
  options: {
    json: { type: "boolean", description: "Print the rows as JSON" },
    next: { type: "boolean", description: `Show the next ${upcoming} times of each command` },
    timeline: { type: "boolean", description: "Show what starts in the next 24 hours, and what clashes" },
  },
  run({ options }) {
    const { commands, problems, helpers = [] } = readCatalog();
    reportWarnings(helpers.map(({ message }) => message));
    const clock = hostClock();
    const terminal = terminalFor(1);
    if (options.timeline) {
      const hours = timelineOf(commands, clock);
      console.log(options.json ? jsonText(hours) : timelineText(hours, commands, clock, terminal));
      return reportProblems(problems);
    }
    const environment = installedFor();
    const rows = listRows(commands, scheduleInWords, clock, {
      next: options.next ? upcoming : 0,
      environment,
    });
    if (options.json) console.log(jsonText(rows));
    else console.log(listText(rows, { ...clock, environment, needsInstall: needsInstall() }, terminal));
    return reportProblems(problems);
  },
});
