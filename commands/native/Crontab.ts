import { warnOfOldBuild } from "../../framework/catalog/buildDrift";
import { readManifest } from "../../framework/catalog/buildManifest";
import { readBuiltCommands } from "../../framework/catalog/catalog";
import { verb } from "../../framework/cli/verb";
import {
  exportFiles,
  exportFormats,
  exportOptions,
  exportTarget,
  exportWarnings,
} from "../../framework/crontab/exports/crontabExport";
import { printFiles, writeFiles } from "../../framework/crontab/exports/exportOutput";
import {
  crontabTarget,
  nothingScheduled,
  targetOptions,
  targetWarnings,
} from "../../framework/crontab/install/target";
import { crontabBlock } from "../../framework/crontab/text/block";
import { crontabLine } from "../../framework/crontab/text/line";
import { jsonText } from "../../framework/text/jsonText";

export default verb({
  examples: [
    ["crontab", "Print what crontab:install would write"],
    ["crontab --format systemd --out units", "Write systemd timers and services instead"],
  ],
  options: {
    ...targetOptions,
    ...exportOptions,
    json: { type: "boolean", description: "Print the entries as JSON" },
  },
  details: `Prints only the crontab entries, so you can redirect them to a file. crontab:install installs them.

--format writes the same schedules for other schedulers:
  cron.d       a file for /etc/cron.d, with the user in each line
  systemd      a .service for each command and a .timer that starts it
  kubernetes   a CronJob manifest for each command; needs --image
If a format cannot express something exactly, the error names the command.`,
  run({ options }) {
    const target = crontabTarget(exportTarget(options));
    warnOfOldBuild(readManifest());
    const files = exportFiles(target, options);
    const warnings = [...targetWarnings(target, options), ...exportWarnings(target, options)];
    for (const warning of warnings) console.error(warning);
    if (target.rows.length === 0 && !options.json) {
      console.error(nothingScheduled(options, readBuiltCommands()));
    } else if (files !== undefined) {
      if (options.out === undefined) printFiles(files, exportFormats[options.format ?? ""]);
      else writeFiles(files, options.out);
    } else if (options.json) console.log(jsonText(entriesOf(target)));
    else process.stdout.write(crontabBlock(target.rows, target.place, target.environment));
  },
});

function entriesOf({ rows, place }: ReturnType<typeof crontabTarget>) {
  return rows.flatMap((row) =>
    row.entries.map((entry) => ({
      name: row.name,
      description: row.description,
      schedule: entry.fields,
      log: row.log,
      line: crontabLine(row, entry, place),
    })),
  );
}
