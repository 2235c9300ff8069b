import { relative } from "node:path";
import { findCommand, readCatalog } from "../../framework/catalog/catalog";
import { logFileOf } from "../../framework/catalog/logFile";
import { describeOptions } from "../../framework/cli/optionsHelp";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { installedCommands } from "../../framework/crontab/install/installed/commands";
import { installedFor } from "../../framework/crontab/install/needs";
import { hostClock, shortTimes } from "../../framework/host/hostClock";
import { priorityText } from "../../framework/metadata/commandMeta";
import type { DeployedCommand } from "../../framework/metadata/overrides";
import { listRuns } from "../../framework/runs/history/findRuns";
import { jsonText } from "../../framework/text/jsonText";
import { printableLine } from "../../framework/text/printable";
import { type ListRow, listRows } from "../../framework/views/commandList";
import { runTable } from "../../framework/views/runList";

const upcoming = 3;

export default verb({
  examples: [["show SendDailyDigest", "Show its schedule, options and last runs"]],
  options: { json: { type: "boolean", description: "Print the details as JSON" } },
  words: { least: 1, most: 1 },
  run({ args: [name], options }) {
    const command = findCommand(name as string, readCatalog().commands);
    const clock = hostClock();
    const [row] = listRows([command], clock, {
      next: upcoming,
      environment: installedFor(),
      isInstalled: installedCommands(),
    });
    const runs = listRuns({ name: command.name, limit: 5 });
    if (options.json) return console.log(jsonText({ ...row, options: command.options, runs }));

    const terminal = terminalFor(1);
    const zone = command.timezone ?? clock.hostTimezone;
    const facts: [string, string | null][] = [
      ["file", `${command.file} (${command.form})`],
      ["schedule", command.schedules.join(", ") || "none: started by hand"],
      ["in words", row?.words.join("; ") || null],
      ["time zone", command.timezone],
      ["next", nextText(row, zone)],
      ["timeout", timeoutText(command)],
      ["overlap", command.overlap],
      [
        "one server",
        command.oneServer &&
          `yes; ${command.oneServer.whenUnavailable} if the servers' shared store cannot be reached`,
      ],
      ["retries", command.retries === 0 ? null : `${command.retries}, the first after ${command.retryDelay}`],
      ["environments", command.environments?.join(", ") ?? null],
      ["tags", command.tags.join(", ") || null],
      ["priority", priorityText(command) ?? null],
      ["enabled", command.enabled ? null : "no"],
      ["overridden", command.overridden.join(", ") || null],
      ["log", relative(paths.root, logFileOf(command))],
    ];
    console.log(`${terminal.paint("bold", command.name)}  ${printableLine(command.description)}`.trimEnd());
    for (const [label, value] of facts) {
      if (value !== null)
        console.log(`  ${terminal.paint("dim", label.padEnd(12))}  ${printableLine(value)}`);
    }
    const described = describeOptions(command.options);
    if (described.length > 0) console.log(["", "Options", ...described].join("\n"));
    console.log(["", "Last runs", runTable(runs, Date.now(), terminal).replace(/^\n/, "")].join("\n"));
  },
});

/** The next times of the schedule, and whether anything starts the command then. */
function nextText(row: ListRow | undefined, zone: string): string | null {
  const times = shortTimes(row?.next ?? [], zone).join(", ");
  return times === "" ? null : `${times}${row?.isInstalled ? "" : " (not installed)"}`;
}

function timeoutText({ timeout, timeoutFrom }: DeployedCommand): string | null {
  if (timeout === false) return "none";
  return timeoutFrom === undefined ? timeout : `${timeout} (${timeoutFrom})`;
}
