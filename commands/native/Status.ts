import { existsSync } from "node:fs";
import { warnOfOldBuild } from "../../framework/catalog/buildDrift";
import { readManifest } from "../../framework/catalog/buildManifest";
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
import { daemonQuirks } from "../../framework/host/daemonQuirks";
import { hostClock } from "../../framework/host/hostClock";
import { jsonText } from "../../framework/text/jsonText";
import { allOption } from "../../framework/views/neverHere";
import { parseOrder, sortOption } from "../../framework/views/rowOrder";
import { arrangedStatus, inStatusOrder } from "../../framework/views/statusOrder";
import { readStatus } from "../../framework/views/statusRows";
import { withStores } from "../../framework/views/statusStores";
import { statusText } from "../../framework/views/statusText";

export default verb({
  examples: [
    ["status", "Show all commands, those that need attention first"],
    ["status --check", "Exit with status 1 if something needs attention, for a monitoring system"],
  ],
  options: {
    check: { type: "boolean", description: "Exit with status 1 if anything needs attention" },
    json: { type: "boolean", description: "Print the status as JSON" },
    ...selectionOptions,
    ...sortOption,
    ...allOption,
    env: targetOptions.env,
    ...userOption,
  },
  words: selectionWords,
  details: `${selectionDetails}

These need attention: a last run that failed, timed out or was lost; a missed start; a run far longer than usual; a
crontab that doesn't match the build; no cron daemon, a missing node, a full disk and whatever else keeps commands from
running; notifications that cannot be delivered; queued jobs that failed, or are ready without a worker; a server of the
queue or of oneServer that does not answer. Only --check asks these servers; without it, their last answer is shown.`,
  async run({ args: words, options }) {
    const selection = { words, tags: options.tag };
    const order = parseOrder(options.sort);
    const isBuilt = existsSync(paths.manifest);
    const all = isBuilt ? readBuiltCommands() : readCatalog().commands;
    if (isBuilt) warnOfOldBuild(readManifest());
    const shown = selectCommands(all, selection);
    const clock = { ...hostClock(), quirks: daemonQuirks() };
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
