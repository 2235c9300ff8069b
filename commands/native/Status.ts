import { existsSync } from "node:fs";
import { paths } from "../../app/config";
import { findCommand, readBuiltCommands, readCatalog } from "../../app/console/catalog";
import { targetOptions, userOption } from "../../app/console/crontabTarget";
import { hostClock } from "../../app/console/hostClock";
import { jsonText } from "../../app/console/jsonText";
import { withQueueStatus } from "../../app/console/queue/queueStatus";
import { readStatus } from "../../app/console/statusRows";
import { statusText } from "../../app/console/statusText";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";

export default verb({
  options: {
    check: { type: "boolean", description: "End with status 1 if anything needs a person" },
    json: { type: "boolean", description: "Print it as JSON" },
    env: targetOptions.env,
    ...userOption,
  },
  words: { least: 0, most: 1 },
  details: `Needs a person: a last run that failed, timed out or was lost; a start that did not come; a run far longer than
usual; a crontab that is not what the build asks for; queued jobs that failed, or are ready with no worker there; a queue
that does not answer.`,
  async run({ args: [name], options }) {
    const all = existsSync(paths.manifest) ? readBuiltCommands() : readCatalog().commands;
    const shown = name === undefined ? all : [findCommand(name, all)];
    const clock = hostClock();
    const asked = {
      ...(options.env !== undefined && { env: options.env }),
      ...(options.user !== undefined && { user: options.user }),
    };
    const commands = readStatus(all, shown, clock, asked);
    const status = name === undefined ? await withQueueStatus(commands) : { ...commands, queue: null };
    console.log(options.json ? jsonText(status) : statusText(status, clock, terminalFor(1)));
    return options.check && status.needsPerson.length > 0 ? 1 : 0;
  },
});
