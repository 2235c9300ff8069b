import { existsSync } from "node:fs";
import { readBuiltCommands, readCatalog } from "../../framework/catalog/catalog";
import {
  isNamed,
  isWhole,
  selectCommands,
  selectionDetails,
  selectionOptions,
  selectionWords,
} from "../../framework/catalog/selection";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { targetOptions, userOption } from "../../framework/crontab/install/target";
import { hostClock } from "../../framework/host/hostClock";
import { jsonText } from "../../framework/text/jsonText";
import { allOption } from "../../framework/views/neverHere";
import { parseOrder, sortOption } from "../../framework/views/rowOrder";
import { arrangedStatus, inStatusOrder } from "../../framework/views/statusOrder";
import { readStatus } from "../../framework/views/statusRows";
import { withStores } from "../../framework/views/statusStores";
import { statusText } from "../../framework/views/statusText";

export default verb({
  options: {
    check: { type: "boolean", description: "End with status 1 if anything needs a person" },
    json: { type: "boolean", description: "Print it as JSON" },
    ...selectionOptions,
    ...sortOption,
    ...allOption,
    env: targetOptions.env,
    ...userOption,
  },
  words: selectionWords,
  details: `${selectionDetails}

Needs a person: a last run that failed, timed out or was lost; a start that did not come; a run far longer than
usual; a crontab that is not what the build asks for; no cron daemon, a node that is gone, a full disk and whatever else
keeps commands from running; notices that nobody takes; queued jobs that failed, or are ready with no worker there; a server of
the queue or of oneServer that does not answer. --check asks those servers; without it their last answer is shown.`,
  async run({ args: words, options }) {
    const selection = { words, tags: options.tag };
    const order = parseOrder(options.sort);
    const all = existsSync(paths.manifest) ? readBuiltCommands() : readCatalog().commands;
    const shown = selectCommands(all, selection);
    const clock = hostClock();
    const asked = {
      ...(options.env !== undefined && { env: options.env }),
      ...(options.user !== undefined && { user: options.user }),
    };
    const rows = readStatus(all, shown, clock, asked);
    const status = isWhole(selection)
      ? await withStores(rows, options.check === true)
      : { ...rows, queue: null };
    if (options.json) {
      const commands = order === undefined ? status.commands : inStatusOrder(status.commands, order);
      console.log(jsonText({ ...status, commands }));
    } else {
      const { commands, hidden } = arrangedStatus(
        status.commands,
        order ?? "failed",
        (row) => options.all === true || isNamed(row, selection),
      );
      console.log(statusText({ ...status, commands }, clock, terminalFor(1), hidden));
    }
    return options.check && status.needsPerson.length > 0 ? 1 : 0;
  },
});
