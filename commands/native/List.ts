import { readCatalog } from "../../app/console/catalog";
import { listRows, listText } from "../../app/console/commandList";
import { hostClock } from "../../app/console/hostClock";
import { reportProblems } from "../../app/console/problems";
import { scheduleInWords } from "../../app/console/scheduleInWords";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";

const upcoming = 5;

export default verb({
  options: {
    json: { type: "boolean", description: "Print the rows as JSON" },
    next: { type: "boolean", description: `Show the next ${upcoming} times of each command` },
  },
  run({ options }) {
    const { commands, problems } = readCatalog();
    const clock = hostClock();
    const rows = listRows(commands, scheduleInWords, clock, options.next ? upcoming : 0);
    console.log(options.json ? JSON.stringify(rows, null, 2) : listText(rows, clock, terminalFor(1)));
    return reportProblems(problems);
  },
});
